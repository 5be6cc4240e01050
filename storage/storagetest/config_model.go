package storagetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var configModelTests = []test[storage.Config]{
	{"any course of calls agrees with a map", configModel},
}

// configState is the simplest store: a map.
type configState struct {
	items  map[storage.Change]storage.Item // by key
	prefix string                          // of this run's tenants: the runs share a store
}

func configModel(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &configState{items: map[storage.Change]storage.Item{}, prefix: "run" + strconv.Itoa(runs) + "-"}
		f := follow(s)
		_, f.revision, _ = s.Changes(t.Context(), 1<<62)
		t.Repeat(map[string]func(*rapid.T){
			"put":    func(t *rapid.T) { m.put(t, s) },
			"delete": func(t *rapid.T) { m.delete(t, s) },
			"drop":   func(t *rapid.T) { m.drop(t, s) },
			"follow": func(t *rapid.T) {
				f.catchUp(t)
				if diff := difference(f.items, m.items); diff != "" {
					t.Fatal(diff)
				}
			},
			"check": func(t *rapid.T) { m.check(t, s) },
		})
		m.check(t, s)
	})
}

func difference(got map[storage.Change]bool, want map[storage.Change]storage.Item) string {
	for k := range want {
		if !got[k] {
			return fmt.Sprintf("the follower misses %v", k)
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("the follower has %d items, want %d", len(got), len(want))
	}
	return ""
}

func (m *configState) draw(t *rapid.T) storage.Change {
	return key(m.prefix+rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tenant"),
		rapid.SampledFrom([]string{"source", "flow"}).Draw(t, "kind"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id"))
}

func (m *configState) put(t *rapid.T, s storage.Config) {
	k := m.draw(t)
	old := m.items[k]
	item := storage.Item{
		Tenant: k.Tenant, Kind: k.Kind, ID: k.ID, Name: rapid.SampledFrom([]string{"", "n", "m"}).Draw(t, "name"),
		Version: old.Version + rapid.SampledFrom([]int64{0, 0, 0, 1, -1}).Draw(t, "off by"),
	}
	item.Data, _ = json.Marshal(rapid.String().Draw(t, "data"))
	stored, err := s.Put(t.Context(), item)
	if item.Version != old.Version {
		wantKind(t, err, tracardi.Conflict)
		return
	}
	ok(t, err)
	item.Version++
	item.Created, item.Updated = stored.Created, stored.Updated
	if old.Version > 0 {
		item.Created = old.Created
	}
	same(t, "item", stored, item)
	m.items[k] = stored
}

func (m *configState) delete(t *rapid.T, s storage.Config) {
	k := m.draw(t)
	err := s.Delete(t.Context(), k.Tenant, k.Kind, k.ID)
	if _, found := m.items[k]; !found {
		wantKind(t, err, tracardi.NotFound)
		return
	}
	ok(t, err)
	delete(m.items, k)
}

func (m *configState) drop(t *rapid.T, s storage.Config) {
	k := m.draw(t)
	ok(t, s.Drop(t.Context(), k.Tenant))
	maps.DeleteFunc(m.items, func(other storage.Change, _ storage.Item) bool { return other.Tenant == k.Tenant })
}

// check compares everything that can be read.
func (m *configState) check(t *rapid.T, s storage.Config) {
	have := map[string]bool{}
	byKind := map[storage.Change][]storage.Item{}
	for k, item := range m.items {
		have[k.Tenant] = true
		of := key(k.Tenant, k.Kind, "")
		byKind[of] = append(byKind[of], item)
		same(t, "item", get(t, s, item), item)
	}
	for of, want := range byKind {
		slices.SortFunc(want, func(a, b storage.Item) int {
			return 2*strings.Compare(a.Name, b.Name) + strings.Compare(a.ID, b.ID)
		})
		same(t, "items", list(t, s, of.Tenant, of.Kind), want)
	}
	got := slices.DeleteFunc(tenants(t, s), func(name string) bool { return !strings.HasPrefix(name, m.prefix) })
	same(t, "tenants", strings.Join(got, " "), strings.Join(slices.Sorted(maps.Keys(have)), " "))
}
