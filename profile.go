package tracardi

import (
	"slices"
	"time"
)

// Profile is a person.
type Profile struct {
	ID        string             `json:"id"`
	PrimaryID string             `json:"primary_id"`
	IDs       []string           `json:"ids"` // every id it is known by: its own, hashed contacts, merged profiles
	Metadata  ProfileMetadata    `json:"metadata"`
	Stats     Stats              `json:"stats"`
	Traits    Object             `json:"traits"`
	Segments  []string           `json:"segments"`
	Interests map[string]float64 `json:"interests"`
	Consents  Object             `json:"consents"`
	Active    bool               `json:"active"`
	Aux       Object             `json:"aux"`
	Data      Object             `json:"data"`
	Misc      Object             `json:"misc"`
	Trash     Object             `json:"trash"`

	New     bool   `json:"-"` // not stored yet
	Version uint64 `json:"-"` // of the stored document; 0 when new
	Size    int    `json:"-"` // bytes of the stored document
}

// ProfileMetadata holds a profile's times and where its values came from.
type ProfileMetadata struct {
	Time   ProfileTime            `json:"time"`
	Status string                 `json:"status"`
	Aux    Object                 `json:"aux"`
	Fields map[string]FieldOrigin `json:"fields"` // field path → origin
	System SystemMetadata         `json:"system"`
}

// ProfileTime holds when a profile was made, changed and seen.
type ProfileTime struct {
	Insert       time.Time `json:"insert"`
	Create       time.Time `json:"create"`
	Update       time.Time `json:"update"`
	Segmentation time.Time `json:"segmentation"`
	Visit        Visit     `json:"visit"`
}

// Visit counts visits.
type Visit struct {
	Last    time.Time `json:"last"`
	Current time.Time `json:"current"`
	Count   int       `json:"count"`
	TZ      string    `json:"tz"`
}

// SystemMetadata is for other systems and for the platform itself.
type SystemMetadata struct {
	Integrations Object `json:"integrations"` // system → its ids
	Aux          Object `json:"aux"`          // auto_merge: fields whose hashed id is new

	Waiting []Waiting `json:"waiting"` // runs of flows that an event or a withdrawn consent of this profile ends
}

// Waiting is a run of a flow that stands still until an event of its profile comes, or its time.
type Waiting struct {
	Run       string   `json:"run"`
	Pause     int      `json:"pause"`                // which of the run's pauses
	EventType string   `json:"event_type,omitempty"` // of the event that ends it
	Condition string   `json:"condition,omitempty"`  // that the event must meet
	Consents  []string `json:"consents,omitempty"`   // without which the run ends
}

// Stats counts what a person does.
type Stats struct {
	Visits   int    `json:"visits"`
	Views    int    `json:"views"`
	Counters Object `json:"counters"`
}

// FieldOrigin says which event gave a field its value, when, and what the value was before. It is stored as the list
// [time, event id, former value]; the last is left out when there was none.
type FieldOrigin struct {
	Time   time.Time
	Event  string
	Former any
}

// MarshalJSON implements json.Marshaler.
func (f FieldOrigin) MarshalJSON() ([]byte, error) { return f.appendJSON(nil), nil }

func (f FieldOrigin) appendJSON(dst []byte) []byte {
	dst = AppendTime(append(dst, '['), f.Time)
	dst = AppendText(append(dst, ','), f.Event)
	if f.Former != nil {
		dst = AppendValue(append(dst, ','), f.Former)
	}
	return append(dst, ']')
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *FieldOrigin) UnmarshalJSON(text []byte) error {
	wrapped := RawObject(`{"f":` + string(text) + `}`)
	if when, ok := wrapped.Get("f", "0"); ok {
		if s, ok := when.(string); ok {
			f.Time, _ = ParseTime(s)
		}
	}
	f.Event = wrapped.Text("f", "1")
	f.Former, _ = wrapped.Get("f", "2")
	return nil
}

// Agrees tells whether the profile has given all of some consents, which may have an end.
func (p *Profile) Agrees(now time.Time, consents ...string) bool {
	for _, id := range consents {
		given, ok := p.Consents.Get(id)
		if !ok || given == nil || given == false {
			return false
		}
		if terms, _ := given.(map[string]any); terms != nil {
			end, _ := terms["revoke"].(string)
			if ends, err := ParseTime(end); err == nil && !ends.After(now) {
				return false
			}
		}
	}
	return true
}

// HasID tells whether the profile is known by an id.
func (p *Profile) HasID(id string) bool { return slices.Contains(p.IDs, id) }

// AddID makes the profile known by another id and tells whether it is new to it.
func (p *Profile) AddID(id string) bool {
	if p.HasID(id) {
		return false
	}
	p.IDs = append(p.IDs, id)
	return true
}

// AppendJSON appends the stored form of the profile.
func (p *Profile) AppendJSON(dst []byte) []byte {
	w := writer(append(dst, '{'))
	w.text("id", p.ID)
	w.text("primary_id", p.PrimaryID)
	w.texts("ids", p.IDs)
	p.appendMetadata(&w)
	if p.Stats.Visits != 0 || p.Stats.Views != 0 || !p.Stats.Counters.Empty() {
		w.begin("stats")
		w.integer("visits", p.Stats.Visits)
		w.integer("views", p.Stats.Views)
		w.object("counters", &p.Stats.Counters)
		w.end()
	}
	w.object("traits", &p.Traits)
	w.texts("segments", p.Segments)
	if len(p.Interests) > 0 {
		w.begin("interests")
		for _, name := range sortedKeys(p.Interests) {
			if w[len(w)-1] != '{' {
				w = append(w, ',')
			}
			w = append(AppendText(w, name), ':')
			w = appendNumber(w, p.Interests[name])
		}
		w.end()
	}
	w.object("consents", &p.Consents)
	w.name("active")
	w = AppendValue(w, p.Active)
	w.object("aux", &p.Aux)
	w.object("data", &p.Data)
	w.object("misc", &p.Misc)
	w.object("trash", &p.Trash)
	return append(w, '}')
}

func (p *Profile) appendMetadata(w *writer) {
	m := &p.Metadata
	w.begin("metadata")
	w.begin("time")
	w.time("insert", m.Time.Insert)
	w.time("create", m.Time.Create)
	w.time("update", m.Time.Update)
	w.time("segmentation", m.Time.Segmentation)
	if m.Time.Visit != (Visit{}) {
		w.begin("visit")
		w.time("last", m.Time.Visit.Last)
		w.time("current", m.Time.Visit.Current)
		w.integer("count", m.Time.Visit.Count)
		w.text("tz", m.Time.Visit.TZ)
		w.end()
	}
	w.end()
	w.text("status", m.Status)
	w.object("aux", &m.Aux)
	if len(m.Fields) > 0 {
		w.begin("fields")
		for _, path := range sortedKeys(m.Fields) {
			if b := *w; b[len(b)-1] != '{' {
				*w = append(*w, ',')
			}
			*w = append(AppendText(*w, path), ':')
			*w = m.Fields[path].appendJSON(*w)
		}
		w.end()
	}
	if !m.System.Integrations.Empty() || !m.System.Aux.Empty() || len(m.System.Waiting) > 0 {
		w.begin("system")
		w.object("integrations", &m.System.Integrations)
		w.object("aux", &m.System.Aux)
		if len(m.System.Waiting) > 0 {
			w.name("waiting")
			*w = AppendValue(*w, m.System.Waiting)
		}
		w.end()
	}
	w.end()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
