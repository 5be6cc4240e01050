package pebble_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// More documents change than the store remembers the headers of: their keys follow, and versions count, for those that it
// remembers as for those that it reads again.
func TestChangesOfManyDocuments(t *testing.T) {
	t.Parallel()
	s, err := pebble.Open(t.Context(), filepath.Join(t.TempDir(), "records"), pebble.Options{})
	check(t, err)
	defer func() { check(t, s.Close()) }()
	const sets, inSet = 20, 1000
	for version := range uint64(2) {
		var tickets []storage.Ticket
		for set := range sets {
			var writes []storage.Write
			for i := range inSet {
				id, person := fmt.Sprintf("s%d-%d", set, i), fmt.Sprintf("p%d", version)
				writes = append(writes, storage.Write{Collection: storage.Sessions, Doc: storage.Doc{
					ID: id, Time: noon, Version: version, Keys: []storage.Key{{Field: 0, Value: person}},
					Body: fmt.Appendf(nil, `{"id":%q,"metadata":{"time":{"insert":%s}},"profile":{"id":%q}}`, id, tracardi.AppendTime(nil, noon), person),
				}})
			}
			tickets = append(tickets, s.Commit(&storage.ChangeSet{Tenant: acme, Writes: writes}))
		}
		for _, ticket := range tickets {
			check(t, ticket.Wait(t.Context()))
		}
		for person := range version + 1 {
			want := int64(0)
			if person == version {
				want = sets * inSet
			}
			where := expr.OneOf(expr.MustPath("profile.id"), fmt.Sprintf("p%d", person))
			n, err := s.Count(t.Context(), acme, storage.Sessions, storage.Query{Where: where})
			check(t, err)
			if n != want {
				t.Errorf("version %d: p%d has %d sessions, want %d", version, person, n, want)
			}
		}
	}
	_, err = s.Delete(t.Context(), acme, storage.Sessions, []string{"s19-1"})
	check(t, err)
	for id, version := range map[string]uint64{"s19-1": 2, "s0-0": 1, "s19-2": 1} { // deleted, read again, remembered
		doc := storage.Doc{ID: id, Time: noon, Version: version, Body: []byte(`{}`)}
		if err := commit(s, acme, []storage.Write{{Collection: storage.Sessions, Doc: doc}}); tracardi.KindOf(err) != tracardi.Conflict {
			t.Errorf("%s: got %v, want a conflict", id, err)
		}
	}
}
