package pipeline

import (
	"maps"
	"slices"
	"sync"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// texts are pieces of memory for the documents of change sets. They are free again when Commit has returned.
var texts = sync.Pool{New: func() any { return new([]byte) }}

const maxText = 1 << 20 // bytes of a piece that is kept

func release(text *[]byte) {
	if cap(*text) <= maxText {
		texts.Put(text)
	}
}

// changes puts together what is to be stored, and leaves session and profile as they will be then. The documents lie one behind
// the other in room.
func (w *Work) changes(room *[]byte) *storage.ChangeSet {
	set := &storage.ChangeSet{Tenant: w.Payload.Tenant, Writes: make([]storage.Write, 0, len(w.Events)+2)}
	text := (*room)[:0]
	defer func() { *room = text }()
	add := func(doc storage.Doc, c storage.Collection, from int) {
		doc.Body = text[from:len(text):len(text)]
		set.Writes = append(set.Writes, storage.Write{Collection: c, Doc: doc})
	}
	if p := w.Profile; p != nil && w.SaveProfile && (p.New || w.ProfileChanged) {
		p.Metadata.Time.Update = w.Now
		from := len(text)
		text = p.AppendJSON(text)
		p.Size = len(text) - from
		add(storage.Doc{ID: p.ID, Time: p.Metadata.Time.Insert, Version: p.Version, Made: p.New && p.ID != w.Payload.Profile, Keys: profileKeys(p)}, storage.Profiles, from)
		p.Version++
		p.New = false
	}
	if s := w.Session; w.SaveSession {
		s.Metadata.Time.Update = w.Now
		from := len(text)
		text = s.AppendJSON(text)
		s.Size = len(text) - from
		add(storage.Doc{ID: s.ID, Time: s.Metadata.Time.Insert, Version: s.Version, Made: s.ID != w.Payload.Session, Keys: refKeys(s.Profile.ID)}, storage.Sessions, from)
		s.Version++
		s.New = false
	}
	for _, id := range slices.Sorted(maps.Keys(w.Entities)) {
		if e := w.Entities[id]; e.changed {
			e.Metadata.Time.Update = w.Now
			from := len(text)
			text = e.AppendJSON(text)
			doc := storage.Doc{ID: id, Time: e.Metadata.Time.Insert, Version: e.Version, Keys: []storage.Key{{Field: 1, Value: e.Type}}}
			add(doc, storage.Entities, from)
		}
	}
	set.Writes = append(set.Writes, w.writes...)
	set.Publish = w.messages
	if !w.SaveEvents {
		return set
	}
	var keys []storage.Key // of all events: they share session and profile
	for i, e := range w.Events {
		if i == 0 {
			keys = refKeys(e.Profile.ID)
			if e.Session.ID != "" {
				keys = append(keys, storage.Key{Field: 1, Value: e.Session.ID})
			}
		}
		if e.Dropped {
			continue
		}
		from := len(text)
		text = e.AppendJSON(text)
		add(storage.Doc{ID: e.ID, Time: e.Metadata.Insert, Unique: e.Given, Keys: keys, Groups: []string{e.Type, e.Source.ID}}, storage.Events, from)
	}
	return set
}

func refKeys(profile string) []storage.Key {
	if profile == "" {
		return []storage.Key{}
	}
	return []storage.Key{{Field: 0, Value: profile}}
}

func profileKeys(p *tracardi.Profile) []storage.Key {
	keys := make([]storage.Key, 0, len(p.IDs)+1)
	for _, id := range p.IDs {
		keys = append(keys, storage.Key{Field: 0, Value: id})
	}
	if email := p.Data.Text("contact", "email", "main"); email != "" {
		keys = append(keys, storage.Key{Field: 1, Value: email})
	}
	return keys
}

// answer is what the sender gets to know.
func (w *Work) answer() *tracardi.Answer {
	a := &tracardi.Answer{Task: w.Payload.ID, Warnings: w.Warnings, UX: w.shown, Response: tracardi.NewObject(w.response)}
	if w.SaveSession && w.Session != nil {
		a.Session = w.Session.ID
	}
	if w.Profile != nil {
		a.Profile = w.Profile.ID
	}
	if w.Payload.Options.Debugger {
		a.Events = []string{}
		for _, e := range w.Events {
			a.Events = append(a.Events, e.ID)
		}
	}
	return a
}
