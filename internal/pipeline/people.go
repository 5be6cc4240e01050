package pipeline

import (
	"github.com/maypok86/otter/v2"

	"github.com/tracardi/tracardi-go"
)

// people keeps recent sessions and profiles decoded. Who takes one holds its lock and is its only user until it is put back
// with the change set that holds it; a change set that fails drops it, so that the next payload reads the store. The store
// compares versions all the same: a stale entry, as after another process's write, costs a second attempt and nothing else.
type people struct {
	sessions *otter.Cache[personKey, *tracardi.Session]
	profiles *otter.Cache[personKey, *tracardi.Profile]
}

type personKey struct{ tenant, id string }

// A decoded document takes about this many times the bytes of its text.
const (
	decodedFactor = 2
	smallest      = 768
)

func newPeople(bytes int) *people {
	if bytes == 0 {
		bytes = 40 << 20
	}
	half := uint64(bytes / 2)
	return &people{
		sessions: otter.Must(&otter.Options[personKey, *tracardi.Session]{
			MaximumWeight: half,
			Weigher:       func(_ personKey, s *tracardi.Session) uint32 { return uint32(smallest + decodedFactor*s.Size) },
		}),
		profiles: otter.Must(&otter.Options[personKey, *tracardi.Profile]{
			MaximumWeight: half,
			Weigher:       func(_ personKey, p *tracardi.Profile) uint32 { return uint32(smallest + decodedFactor*p.Size) },
		}),
	}
}

func (c *people) takeSession(tenant, id string) *tracardi.Session {
	key := personKey{tenant, id}
	s, ok := c.sessions.GetIfPresent(key)
	if !ok {
		return nil
	}
	c.sessions.Invalidate(key) // a payload that fails on its way must not leave its changes behind
	return s
}

func (c *people) takeProfile(tenant, id string) *tracardi.Profile {
	key := personKey{tenant, id}
	p, ok := c.profiles.GetIfPresent(key)
	if !ok {
		return nil
	}
	c.profiles.Invalidate(key)
	return p
}

// put gives back what the work took, as it is once its change set is stored. What was changed but is not to be stored is
// forgotten.
func (c *people) put(w *Work) {
	if w.SaveSession {
		c.sessions.Set(personKey{w.Payload.Tenant, w.Session.ID}, w.Session)
	}
	if w.Profile != nil && (w.SaveProfile || !w.ProfileChanged) {
		c.profiles.Set(personKey{w.Payload.Tenant, w.Profile.ID}, w.Profile)
	}
}

func (c *people) drop(w *Work) {
	if w.Session != nil {
		c.sessions.Invalidate(personKey{w.Payload.Tenant, w.Session.ID})
	}
	if w.Profile != nil {
		c.profiles.Invalidate(personKey{w.Payload.Tenant, w.Profile.ID})
	}
}
