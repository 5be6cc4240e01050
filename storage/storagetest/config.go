package storagetest

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Config checks an engine for configuration. open opens a fresh, empty store, which the suite closes.
func Config(t *testing.T, open func(t *testing.T) storage.Config, o Options[storage.Config]) {
	run(t, open, o, configTests, configChangeTests, configRaceTests, configModelTests)
}

type configSuite = suite[storage.Config]

var configTests = []test[storage.Config]{
	{"an unknown id is not found", configUnknown},
	{"what was put comes back", configRoundTrip},
	{"versions count the writes", configVersions},
	{"a put on another version is a conflict", configConflicts},
	{"a refused put leaves no trace", configRefused},
	{"deleting removes one item", configDelete},
	{"lists are sorted by name and id", configOrder},
	{"data comes back to the byte", configData},
	{"what cannot be stored is refused by field", configInvalid},
	{"awkward names stay apart", configAwkward},
	{"tenants do not see each other", configTenants},
	{"dropping a tenant leaves the others", configDrop},
	{"items survive the end of the process", configDurable},
	{"an ended context stops every method", configContext},
	{"closing twice is harmless", configClose},
}

func source(id string, version int64) storage.Item {
	return storage.Item{
		Tenant: "acme", Kind: "source", ID: id, Name: "Name of " + id, Data: json.RawMessage(`{"id":"` + id + `"}`),
		Version: version,
	}
}

func put(t rapid.TB, s storage.Config, item storage.Item) storage.Item {
	t.Helper()
	stored, err := s.Put(context.Background(), item)
	ok(t, err)
	return stored
}

func get(t rapid.TB, s storage.Config, like storage.Item) storage.Item {
	t.Helper()
	item, err := s.Get(context.Background(), like.Tenant, like.Kind, like.ID)
	ok(t, err)
	return item
}

func list(t rapid.TB, s storage.Config, tenant, kind string) []storage.Item {
	t.Helper()
	items, err := s.List(context.Background(), tenant, kind)
	ok(t, err)
	return items
}

func tenants(t rapid.TB, s storage.Config) []string {
	t.Helper()
	all, err := s.Tenants(context.Background())
	ok(t, err)
	slices.Sort(all)
	return all
}

func same[T any](t rapid.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func configUnknown(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	_, err := s.Get(t.Context(), "acme", "source", "none")
	wantKind(t, err, tracardi.NotFound)
	wantKind(t, s.Delete(t.Context(), "acme", "source", "none"), tracardi.NotFound)
	same(t, "items", len(list(t, s, "acme", "source")), 0)
	same(t, "tenants", len(tenants(t, s)), 0)
	ok(t, s.Drop(t.Context(), "acme"))
	ok(t, s.Ping(t.Context()))
	changes, newest, err := s.Changes(t.Context(), 0)
	ok(t, err)
	same(t, "changes", len(changes), 0)
	same(t, "newest revision", newest, 0)
}

func configRoundTrip(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	before := time.Now().UTC().Truncate(time.Microsecond)
	stored := put(t, s, source("a", 0))
	after := time.Now().UTC()
	want := source("a", 1)
	want.Created, want.Updated = stored.Created, stored.Updated
	same(t, "item that put returned", stored, want)
	same(t, "item that get returned", get(t, cs.peer(t, s), stored), want)
	same(t, "items that list returned", list(t, s, "acme", "source"), []storage.Item{want})
	if stored.Created.Before(before) || stored.Created.After(after) {
		t.Errorf("created at %v, want a time from %v to %v", stored.Created, before, after)
	}
	for _, at := range []time.Time{stored.Created, stored.Updated} {
		if at.Location() != time.UTC || at.Nanosecond()%1000 != 0 {
			t.Errorf("got time %v, want UTC in microseconds", at)
		}
	}
}

func configVersions(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	first := put(t, s, source("a", 0))
	last := first
	for version := int64(2); version <= 5; version++ {
		last.Name = "Name " + strconv.FormatInt(version, 10)
		next := put(t, s, last)
		same(t, "version", next.Version, version)
		same(t, "created", next.Created, first.Created)
		if next.Updated.Before(last.Updated) {
			t.Errorf("updated at %v, before %v", next.Updated, last.Updated)
		}
		same(t, "stored item", get(t, s, first), next)
		last = next
	}
	ok(t, s.Delete(t.Context(), "acme", "source", "a"))
	same(t, "version of an item made anew", put(t, s, source("a", 0)).Version, 1)
}

func configConflicts(t *testing.T, cs *configSuite) {
	for _, c := range []struct {
		name          string
		writes        int64 // made before
		deleted       bool
		version, want int64 // 0: conflict
	}{
		{name: "create", version: 0, want: 1},
		{name: "create what exists", writes: 1, version: 0},
		{name: "create what was deleted", writes: 3, deleted: true, version: 0, want: 1},
		{name: "replace the current", writes: 2, version: 2, want: 3},
		{name: "replace a stale one", writes: 3, version: 2},
		{name: "replace a future one", writes: 2, version: 3},
		{name: "replace what never existed", version: 1},
		{name: "replace what was deleted", writes: 2, deleted: true, version: 2},
		{name: "replace a negative one", writes: 1, version: -1},
		{name: "replace nothing by a negative one", version: -1},
		{name: "replace the highest", writes: 1, version: math.MaxInt64},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := cs.open(t)
			for version := range c.writes {
				put(t, s, source("a", version))
			}
			if c.deleted {
				ok(t, s.Delete(t.Context(), "acme", "source", "a"))
			}
			stored, err := s.Put(t.Context(), source("a", c.version))
			if c.want == 0 {
				wantKind(t, err, tracardi.Conflict)
				return
			}
			ok(t, err)
			same(t, "version", stored.Version, c.want)
		})
	}
}

func configRefused(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	want := put(t, s, source("a", 0))
	_, revision, err := s.Changes(t.Context(), 0)
	ok(t, err)
	other := source("a", 7)
	other.Name, other.Data = "other", json.RawMessage(`"other"`)
	_, err = s.Put(t.Context(), other)
	wantKind(t, err, tracardi.Conflict)
	wantKind(t, s.Delete(t.Context(), "acme", "source", "b"), tracardi.NotFound)
	same(t, "item", get(t, s, want), want)
	changes, newest, err := s.Changes(t.Context(), revision)
	ok(t, err)
	same(t, "changes", len(changes), 0)
	same(t, "newest revision", newest, revision)
}

func configDelete(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	gone, kept := put(t, s, source("a", 0)), put(t, s, source("b", 0))
	ok(t, s.Delete(t.Context(), "acme", "source", "a"))
	_, err := s.Get(t.Context(), gone.Tenant, gone.Kind, gone.ID)
	wantKind(t, err, tracardi.NotFound)
	wantKind(t, s.Delete(t.Context(), "acme", "source", "a"), tracardi.NotFound)
	wantKind(t, s.Delete(t.Context(), "acme", "flow", "b"), tracardi.NotFound)
	same(t, "items", list(t, s, "acme", "source"), []storage.Item{kept})
	ok(t, s.Delete(t.Context(), "acme", "source", "b"))
	same(t, "tenants", len(tenants(t, s)), 0)
}

func configOrder(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	var want []storage.Item
	for i, name := range append(slices.Clone(awkward), "", "same", "same", "same") {
		item := source(strconv.Itoa(997*i%1000), 0)
		item.Name = name
		want = append(want, put(t, s, item))
	}
	slices.SortFunc(want, func(a, b storage.Item) int {
		return 2*strings.Compare(a.Name, b.Name) + strings.Compare(a.ID, b.ID)
	})
	same(t, "items", list(t, s, "acme", "source"), want)
}

func configData(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	for i, data := range []string{
		`null`, `0`, `""`, `[]`, `{}`, ` { "b" : 1 , "a" : 2 , "a" : 3 } `, `1e400`, `12345678901234567890.10`, `-0`, `"\u00e4ä\u0000😀\ud83d\ude00"`,
		"\n[\t1\r\n]", `"` + strings.Repeat("long ", 1<<18) + `"`, `"'; DROP TABLE config_item; --"`,
	} {
		item := source(strconv.Itoa(i), 0)
		item.Data = json.RawMessage(data)
		stored := put(t, s, item)
		clear(item.Data) // belongs to the caller again
		got := get(t, s, stored)
		same(t, "data", string(got.Data), data)
		clear(got.Data)
		same(t, "data read again", string(get(t, s, stored).Data), data)
	}
}

func configInvalid(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	set := func(change func(i *storage.Item)) storage.Item {
		item := source("a", 0)
		change(&item)
		return item
	}
	for _, c := range []struct {
		field string
		kind  tracardi.Kind
		item  storage.Item
	}{
		{"tenant", tracardi.Invalid, set(func(i *storage.Item) { i.Tenant = "" })},
		{"kind", tracardi.Invalid, set(func(i *storage.Item) { i.Kind = "" })},
		{"id", tracardi.Invalid, set(func(i *storage.Item) { i.ID = "" })},
		{"tenant", tracardi.Invalid, set(func(i *storage.Item) { i.Tenant = "\xff" })},
		{"kind", tracardi.Invalid, set(func(i *storage.Item) { i.Kind = "\xff" })},
		{"id", tracardi.Invalid, set(func(i *storage.Item) { i.ID = "a\xc3" })},
		{"name", tracardi.Invalid, set(func(i *storage.Item) { i.Name = "\xed\xa0\x80" })},
		{"data", tracardi.Invalid, set(func(i *storage.Item) { i.Data = nil })},
		{"data", tracardi.Invalid, set(func(i *storage.Item) { i.Data = json.RawMessage(`{"a":`) })},
		{"data", tracardi.Invalid, set(func(i *storage.Item) { i.Data = json.RawMessage(`{} {}`) })},
		{"data", tracardi.Invalid, set(func(i *storage.Item) { i.Data = json.RawMessage("\"\xff\"") })},
		{"tenant", tracardi.TooLarge, set(func(i *storage.Item) { i.Tenant = strings.Repeat("x", 1<<20) })},
		{"kind", tracardi.TooLarge, set(func(i *storage.Item) { i.Kind = strings.Repeat("x", 1<<20) })},
		{"id", tracardi.TooLarge, set(func(i *storage.Item) { i.ID = strings.Repeat("x", 1<<20) })},
		{"name", tracardi.TooLarge, set(func(i *storage.Item) { i.Name = strings.Repeat("x", 1<<20) })},
		{"data", tracardi.TooLarge, set(func(i *storage.Item) { i.Data = json.RawMessage(strings.Repeat(" ", 64<<20) + "1") })},
	} {
		_, err := s.Put(t.Context(), c.item)
		wantInvalid(t, err, c.kind, c.field)
	}
	same(t, "tenants", len(tenants(t, s)), 0)
}

func configAwkward(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	place := map[string]func(i *storage.Item, name string){
		"kind":   func(i *storage.Item, name string) { i.Kind = name },
		"tenant": func(i *storage.Item, name string) { i.Tenant = name },
		"id":     func(i *storage.Item, name string) { i.ID = name },
	}
	for part, set := range place {
		var want []storage.Item
		for _, name := range awkward {
			item := source(part, 0)
			if set(&item, name); len(item.Kind) > 64 {
				continue
			}
			want = append(want, put(t, s, item))
		}
		for i, item := range want {
			same(t, part, get(t, s, item), item)
			if i%2 == 0 {
				ok(t, s.Delete(t.Context(), item.Tenant, item.Kind, item.ID))
			}
		}
		for i, item := range want {
			_, err := s.Get(t.Context(), item.Tenant, item.Kind, item.ID)
			if i%2 == 0 {
				wantKind(t, err, tracardi.NotFound)
			} else {
				ok(t, err)
			}
		}
	}
}

func configTenants(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	mine := put(t, s, source("a", 0))
	theirs := source("a", 0)
	theirs.Tenant, theirs.Name = "acm", "theirs"
	theirs = put(t, s, theirs)
	theirs = put(t, s, theirs)
	same(t, "my item", get(t, s, mine), mine)
	same(t, "my items", list(t, s, "acme", "source"), []storage.Item{mine})
	same(t, "tenants", tenants(t, s), []string{"acm", "acme"})
	only := source("b", 0)
	only.Tenant = "acm"
	put(t, s, only)
	_, err := s.Get(t.Context(), "acme", "source", "b")
	wantKind(t, err, tracardi.NotFound)
	wantKind(t, s.Delete(t.Context(), "acme", "source", "b"), tracardi.NotFound)
	foreign := source("b", 1)
	_, err = s.Put(t.Context(), foreign)
	wantKind(t, err, tracardi.Conflict)
	ok(t, s.Delete(t.Context(), "acme", "source", "a"))
	same(t, "their item", get(t, s, theirs), theirs)
}

func configDrop(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	var kept []storage.Item
	for _, tenant := range []string{"acme", "acme2", "acm", "Acme", "acme "} {
		for _, kind := range []string{"source", "flow"} {
			for _, id := range []string{"a", "b"} {
				item := source(id, 0)
				item.Tenant, item.Kind = tenant, kind
				if item = put(t, s, item); tenant != "acme" {
					kept = append(kept, item)
				}
			}
		}
	}
	ok(t, s.Drop(t.Context(), "acme"))
	ok(t, s.Drop(t.Context(), "acme"))
	same(t, "tenants", tenants(t, s), []string{"Acme", "acm", "acme ", "acme2"})
	same(t, "items of the dropped tenant", len(list(t, s, "acme", "source"))+len(list(t, s, "acme", "flow")), 0)
	for _, item := range kept {
		same(t, "kept item", get(t, s, item), item)
	}
	same(t, "version after the drop", put(t, s, source("a", 0)).Version, 1)
}

func configDurable(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	a := put(t, s, put(t, s, source("a", 0)))
	put(t, s, source("b", 0))
	ok(t, s.Delete(t.Context(), "acme", "source", "b"))
	_, revision, err := s.Changes(t.Context(), 0)
	ok(t, err)
	for range 3 {
		s = cs.reopen(t, s)
		same(t, "items", list(t, s, "acme", "source"), []storage.Item{a})
		changes, newest, err := s.Changes(t.Context(), revision)
		ok(t, err)
		same(t, "changes", len(changes), 0)
		same(t, "newest revision", newest, revision)
		a = put(t, s, a)
		if _, revision, err = s.Changes(t.Context(), revision); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "version", a.Version, 5)
}

func configCalls(s storage.Config) calls {
	return calls{
		"Get":     func(ctx context.Context) error { _, err := s.Get(ctx, "acme", "source", "a"); return err },
		"List":    func(ctx context.Context) error { _, err := s.List(ctx, "acme", "source"); return err },
		"Put":     func(ctx context.Context) error { _, err := s.Put(ctx, source("b", 0)); return err },
		"Delete":  func(ctx context.Context) error { return s.Delete(ctx, "acme", "source", "a") },
		"Changes": func(ctx context.Context) error { _, _, err := s.Changes(ctx, 0); return err },
		"Tenants": func(ctx context.Context) error { _, err := s.Tenants(ctx); return err },
		"Drop":    func(ctx context.Context) error { return s.Drop(ctx, "acme") },
		"Ping":    s.Ping,
	}
}

func configContext(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	a := put(t, s, source("a", 0))
	wantContextHonoured(t, configCalls(s))
	same(t, "items", list(t, s, "acme", "source"), []storage.Item{a})
}

func configClose(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	put(t, s, source("a", 0))
	wantClosed(t, s, configCalls(s))
}
