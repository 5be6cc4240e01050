package storagetest

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
)

var configChangeTests = []test[storage.Config]{
	{"changes tell what happened since a revision", configChanges},
	{"changes cover all tenants", configChangesOfTenants},
	{"dropping a tenant is told for each item", configChangesOfDrop},
	{"a revision that is too high asks for the newest", configChangesNewest},
}

// follower keeps the keys of items up to date by listening to changes, as caches do.
type follower struct {
	s        storage.Config
	revision int64
	items    map[storage.Change]bool // with neither revision nor deletion
}

func follow(s storage.Config) *follower { return &follower{s: s, items: map[storage.Change]bool{}} }

// catchUp applies the changes since the last call and returns how many items they touched.
func (f *follower) catchUp(t rapid.TB) int {
	t.Helper()
	changes, newest, err := f.s.Changes(context.Background(), f.revision)
	ok(t, err)
	touched := map[storage.Change]bool{}
	last := f.revision
	for _, change := range changes {
		if change.Revision < last || change.Revision <= f.revision || change.Revision > newest {
			t.Fatalf("revision %d after %d, with %d asked for and %d the newest", change.Revision, last, f.revision, newest)
		}
		last = change.Revision
		key := storage.Change{Tenant: change.Tenant, Kind: change.Kind, ID: change.ID}
		touched[key] = true
		if change.Deleted {
			delete(f.items, key)
		} else {
			f.items[key] = true
		}
	}
	if newest < f.revision {
		t.Fatalf("newest revision %d, with %d asked for", newest, f.revision)
	}
	f.revision = newest
	return len(touched)
}

func key(tenant, kind, id string) storage.Change {
	return storage.Change{Tenant: tenant, Kind: kind, ID: id}
}

func configChanges(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	f := follow(cs.peer(t, s))
	same(t, "changes of an empty store", f.catchUp(t), 0)

	a := put(t, s, source("a", 0))
	same(t, "changes by a new item", f.catchUp(t), 1)
	same(t, "items", f.items, map[storage.Change]bool{key("acme", "source", "a"): true})
	same(t, "changes by nothing", f.catchUp(t), 0)

	a = put(t, s, a)
	put(t, s, a)
	put(t, s, source("b", 0))
	same(t, "changes by writes of two items", f.catchUp(t), 2)

	ok(t, s.Delete(t.Context(), "acme", "source", "a"))
	same(t, "changes by a deletion", f.catchUp(t), 1)
	same(t, "items", f.items, map[storage.Change]bool{key("acme", "source", "b"): true})

	put(t, s, source("a", 0))
	ok(t, s.Delete(t.Context(), "acme", "source", "b"))
	put(t, s, source("c", 0))
	ok(t, s.Delete(t.Context(), "acme", "source", "c"))
	put(t, s, source("c", 0))
	f.catchUp(t)
	same(t, "items", f.items, map[storage.Change]bool{key("acme", "source", "a"): true, key("acme", "source", "c"): true})

	late := follow(s)
	late.catchUp(t)
	same(t, "items of one who comes late", late.items, f.items)
	same(t, "revision of one who comes late", late.revision, f.revision)
}

func configChangesOfTenants(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	f := follow(s)
	for _, tenant := range []string{"b", "a", "c"} {
		for _, kind := range []string{"source", "flow"} {
			item := source("x", 0)
			item.Tenant, item.Kind = tenant, kind
			put(t, s, item)
		}
	}
	changes, _, err := s.Changes(t.Context(), 0)
	ok(t, err)
	var order []string
	for _, change := range changes {
		order = append(order, change.Tenant+" "+change.Kind)
	}
	same(t, "changes", order, []string{"b source", "b flow", "a source", "a flow", "c source", "c flow"})
	same(t, "changed items", f.catchUp(t), 6)
}

func configChangesOfDrop(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	f := follow(s)
	for _, id := range []string{"a", "b", "c"} {
		put(t, s, source(id, 0))
	}
	other := source("a", 0)
	other.Tenant = "other"
	put(t, s, other)
	f.catchUp(t)
	ok(t, s.Delete(t.Context(), "acme", "source", "c"))
	f.catchUp(t)
	ok(t, s.Drop(t.Context(), "acme"))
	same(t, "changes", f.catchUp(t), 2)
	same(t, "items", f.items, map[storage.Change]bool{key("other", "source", "a"): true})
	ok(t, s.Drop(t.Context(), "acme"))
	same(t, "changes by dropping nothing", f.catchUp(t), 0)
}

func configChangesNewest(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	f := follow(s)
	put(t, s, source("a", 0))
	f.catchUp(t)
	changes, newest, err := s.Changes(t.Context(), math.MaxInt64)
	ok(t, err)
	same(t, "changes", len(changes), 0)
	same(t, "newest revision", newest, f.revision)
}
