package tracardi

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// storedEvent is the stored form of an event.
type storedEvent struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Metadata struct {
		Time struct {
			Insert      time.Time `json:"insert"`
			Create      time.Time `json:"create"`
			Update      time.Time `json:"update"`
			ProcessTime float64   `json:"process_time"`
			TotalTime   float64   `json:"total_time"`
		} `json:"time"`
		IP          string `json:"ip"`
		Channel     string `json:"channel"`
		Status      string `json:"status"`
		ProcessedBy struct {
			Rules      []string `json:"rules"`
			Flows      []string `json:"flows"`
			ThirdParty []string `json:"third_party"`
		} `json:"processed_by"`
		ProfileLess bool   `json:"profile_less"`
		Debug       bool   `json:"debug"`
		Error       bool   `json:"error"`
		Warning     bool   `json:"warning"`
		Merge       bool   `json:"merge"`
		Valid       *bool  `json:"valid"`
		Instance    Ref    `json:"instance"`
		Aux         Object `json:"aux"`
	} `json:"metadata"`
	Source  Ref `json:"source"`
	Session struct {
		ID       string    `json:"id"`
		Start    time.Time `json:"start"`
		Duration float64   `json:"duration"`
		TZ       string    `json:"tz"`
	} `json:"session"`
	Profile    ProfileRef `json:"profile"`
	Properties Object     `json:"properties"`
	Context    Object     `json:"context"`
	Traits     Object     `json:"traits"`
	Data       Object     `json:"data"`
	Config     Object     `json:"config"`
	Tags       struct {
		Values []string `json:"values"`
	} `json:"tags"`
	Device Device `json:"device"`
	OS     OS     `json:"os"`
	App    App    `json:"app"`
	UTM    UTM    `json:"utm"`
	Hit    struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		URL      string `json:"url"`
		Referer  string `json:"referer"`
		Query    string `json:"query"`
		Category string `json:"category"`
	} `json:"hit"`
	Journey struct {
		State string `json:"state"`
	} `json:"journey"`
	Aux   Object `json:"aux"`
	Trash Object `json:"trash"`
}

// UnmarshalJSON reads the stored form. Members that it doesn't know are ignored.
func (e *Event) UnmarshalJSON(text []byte) error {
	var s storedEvent
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	m := &s.Metadata
	*e = Event{
		ID: s.ID, Name: s.Name, Type: s.Type,
		Metadata: EventMetadata{
			Insert: m.Time.Insert, Create: m.Time.Create, Update: m.Time.Update,
			ProcessTime: m.Time.ProcessTime, TotalTime: m.Time.TotalTime,
			IP: m.IP, Channel: m.Channel, Status: m.Status,
			Rules: m.ProcessedBy.Rules, Flows: m.ProcessedBy.Flows, ThirdParty: m.ProcessedBy.ThirdParty,
			ProfileLess: m.ProfileLess, Debug: m.Debug, Error: m.Error, Warning: m.Warning, Merge: m.Merge,
			Invalid: m.Valid != nil && !*m.Valid, Instance: m.Instance.ID, Aux: m.Aux,
		},
		Source: s.Source, Session: EventSession(s.Session), Profile: s.Profile,
		Properties: s.Properties, Context: s.Context, Traits: s.Traits, Data: s.Data, Config: s.Config,
		Tags: s.Tags.Values, Device: s.Device, OS: s.OS, App: s.App, UTM: s.UTM, Hit: Hit(s.Hit),
		Journey: s.Journey.State, Aux: s.Aux, Trash: s.Trash,
	}
	return nil
}

// Clone returns a deep copy.
func (s *Session) Clone() *Session {
	c := *s
	c.Metadata.Aux = s.Metadata.Aux.Clone()
	c.Context = s.Context.Clone()
	c.Properties = s.Properties.Clone()
	c.Traits = s.Traits.Clone()
	c.Aux = s.Aux.Clone()
	return &c
}

// Clone returns a deep copy.
func (p *Profile) Clone() *Profile {
	c := *p
	c.IDs = slices.Clone(p.IDs)
	c.Segments = slices.Clone(p.Segments)
	c.Interests = maps.Clone(p.Interests)
	c.Metadata.Aux = p.Metadata.Aux.Clone()
	c.Metadata.Fields = maps.Clone(p.Metadata.Fields)
	for path, origin := range c.Metadata.Fields {
		origin.Former = Clone(origin.Former)
		c.Metadata.Fields[path] = origin
	}
	c.Metadata.System.Integrations = p.Metadata.System.Integrations.Clone()
	c.Metadata.System.Aux = p.Metadata.System.Aux.Clone()
	c.Metadata.System.Waiting = slices.Clone(p.Metadata.System.Waiting)
	c.Stats.Counters = p.Stats.Counters.Clone()
	c.Traits = p.Traits.Clone()
	c.Consents = p.Consents.Clone()
	c.Aux = p.Aux.Clone()
	c.Data = p.Data.Clone()
	c.Misc = p.Misc.Clone()
	c.Trash = p.Trash.Clone()
	return &c
}
