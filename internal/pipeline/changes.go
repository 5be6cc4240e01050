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

// changes puts together what is to be stored, and leaves sessions and profiles as they will be then. The documents lie one behind
// the other in room.
func (w *Work) changes(room *[]byte) *storage.ChangeSet {
	set := &storage.ChangeSet{Tenant: w.Payload.Tenant, Writes: make([]storage.Write, 0, len(w.Events)+2)}
	c := collector{Work: w, set: set, text: (*room)[:0]}
	c.profile(w.person)
	for _, other := range w.others {
		c.profile(other)
	}
	c.session(w.visiting)
	for _, begun := range w.begun {
		c.session(begun)
	}
	c.entities()
	set.Writes = append(set.Writes, w.writes...)
	set.Publish = w.messages
	if w.SaveEvents {
		c.events()
	}
	*room = c.text
	return set
}

// collector collects the documents of a change set.
type collector struct {
	*Work
	set  *storage.ChangeSet
	text []byte
}

// add takes the text from a place on as that of a document.
func (c *collector) add(doc storage.Doc, to storage.Collection, from int) {
	doc.Body = c.text[from:len(c.text):len(c.text)]
	c.set.Writes = append(c.set.Writes, storage.Write{Collection: to, Doc: doc})
}

func (c *collector) profile(of *person) {
	p := of.Profile
	if p == nil || !of.SaveProfile || !p.New && !of.ProfileChanged {
		return
	}
	p.Metadata.Time.Update = c.Now
	from := len(c.text)
	c.text = p.AppendJSON(c.text)
	p.Size = len(c.text) - from
	c.add(storage.Doc{ID: p.ID, Time: p.Metadata.Time.Insert, Version: p.Version, Made: p.New && p.ID != c.Payload.Profile, Keys: profileKeys(p)}, storage.Profiles, from)
	p.Version++
	p.New = false
}

func (c *collector) session(of *visiting) {
	s := of.Session
	if !of.SaveSession {
		return
	}
	s.Metadata.Time.Update = c.Now
	from := len(c.text)
	c.text = s.AppendJSON(c.text)
	s.Size = len(c.text) - from
	c.add(storage.Doc{ID: s.ID, Time: s.Metadata.Time.Insert, Version: s.Version, Made: s.ID != c.Payload.Session, Keys: refKeys(s.Profile.ID)}, storage.Sessions, from)
	s.Version++
	s.New = false
}

func (c *collector) entities() {
	for _, id := range slices.Sorted(maps.Keys(c.Entities)) {
		if e := c.Entities[id]; e.changed {
			e.Metadata.Time.Update = c.Now
			from := len(c.text)
			c.text = e.AppendJSON(c.text)
			doc := storage.Doc{ID: id, Time: e.Metadata.Time.Insert, Version: e.Version, Keys: []storage.Key{{Field: 1, Value: e.Type}}}
			c.add(doc, storage.Entities, from)
		}
	}
}

func (c *collector) events() {
	var keys []storage.Key // most events share session and profile
	for i, e := range c.Events {
		if i == 0 || e.Profile.ID != c.Events[i-1].Profile.ID || e.Session.ID != c.Events[i-1].Session.ID {
			keys = refKeys(e.Profile.ID)
			if e.Session.ID != "" {
				keys = append(keys, storage.Key{Field: 1, Value: e.Session.ID})
			}
		}
		if e.Dropped {
			continue
		}
		from := len(c.text)
		c.text = e.AppendJSON(c.text)
		c.add(storage.Doc{ID: e.ID, Time: e.Metadata.Insert, Unique: e.Given, Keys: keys, Groups: []string{e.Type, e.Source.ID}}, storage.Events, from)
	}
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
