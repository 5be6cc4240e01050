package pipeline

import (
	"github.com/maypok86/otter/v2"

	"github.com/tracardi/tracardi-go"
)

// people keeps recent sessions and profiles decoded. Who has found one holds its lock and is its only user until the change
// set that holds it is on its way; who changed one and fails drops it, so that the next payload reads the store. The store
// compares versions all the same: a stale entry, as after another process's write, costs a second attempt and nothing else.
type people struct {
	sessions *otter.Cache[personKey, kept[tracardi.Session]]
	profiles *otter.Cache[personKey, kept[tracardi.Profile]]
}

// kept is a document and the bytes of its text when the cache weighed it.
type kept[T any] struct {
	doc   *T
	bytes int
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
	return &people{sessions: newCache[tracardi.Session](bytes / 2), profiles: newCache[tracardi.Profile](bytes / 2)}
}

func newCache[T any](bytes int) *otter.Cache[personKey, kept[T]] {
	return otter.Must(&otter.Options[personKey, kept[T]]{
		MaximumWeight: uint64(bytes),
		Weigher:       func(_ personKey, k kept[T]) uint32 { return uint32(smallest + decodedFactor*k.bytes) },
	})
}

// put keeps what the work has, as it is once its change set is stored. What was changed but is not to be stored is forgotten.
func (c *people) put(w *Work) {
	key := personKey{w.Payload.Tenant, w.Session.ID}
	if w.SaveSession {
		keep(c.sessions, key, w.Session, w.Session.Size)
	} else {
		c.sessions.Invalidate(key)
	}
	c.putProfile(w, w.person)
	for _, other := range w.others {
		c.putProfile(w, other)
	}
}

func (c *people) putProfile(w *Work, of *person) {
	if of.Profile == nil {
		return
	}
	key := personKey{w.Payload.Tenant, of.Profile.ID}
	if of.SaveProfile || !of.ProfileChanged {
		keep(c.profiles, key, of.Profile, of.Profile.Size)
	} else {
		c.profiles.Invalidate(key)
	}
}

// keep puts a document into a cache. One that is there already is weighed again only when it grew: that costs more than finding it.
func keep[T any](cache *otter.Cache[personKey, kept[T]], key personKey, doc *T, bytes int) {
	if there, ok := cache.GetIfPresent(key); !ok || there.doc != doc || bytes > there.bytes+there.bytes/4 {
		cache.Set(key, kept[T]{doc, bytes})
	}
}

func (c *people) drop(w *Work) {
	if w.Session != nil {
		c.sessions.Invalidate(personKey{w.Payload.Tenant, w.Session.ID})
	}
	if w.Profile != nil {
		c.profiles.Invalidate(personKey{w.Payload.Tenant, w.Profile.ID})
	}
	for _, other := range w.others {
		c.profiles.Invalidate(personKey{w.Payload.Tenant, other.Profile.ID})
	}
}

// forget empties the cache.
func (c *people) forget() {
	c.sessions.InvalidateAll()
	c.profiles.InvalidateAll()
}
