package pebble_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// TestNarrowestIndex asks by two keys of which one leaves many documents and the other few, none, or as many: pages and scans
// hold each match once, in order, whichever way they were found.
func TestNarrowestIndex(t *testing.T) {
	s := open(t, t.TempDir(), pebble.Options{})
	defer s.Close() // nothing is left to say
	const n = 5000
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	want := map[string][]string{}
	for from := 0; from < n; from += 500 {
		set := &storage.ChangeSet{Tenant: acme}
		for i := from; i < from+500; i++ {
			id, status := fmt.Sprintf("%05x", i*7919%99991), "done"
			if i%1000 == 7 {
				status = "failed"
			}
			want[status] = append(want[status], id)
			at := begin.Add(time.Duration(i) * time.Minute)
			set.Writes = append(set.Writes, storage.Write{Collection: storage.Runs, Doc: storage.Doc{
				ID: id, Time: at, Keys: []storage.Key{{Field: 1, Value: "f"}, {Field: 2, Value: status}},
				Body: []byte(`{"id":` + strconv.Quote(id) + `,"flow":{"id":"f"},"status":"` + status + `"}`),
			}})
		}
		if err := s.Commit(set).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, status := range []string{"done", "failed", "waiting"} {
		where, err := expr.ParseSearch(`flow.id = "f" AND status = "`+status+`"`, "run")
		if err != nil {
			t.Fatal(err)
		}
		q := storage.Query{Where: where, Limit: 700, Sort: storage.Sort{Ascending: true}}
		var found []string
		for {
			page, err := s.Search(t.Context(), acme, storage.Runs, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, doc := range page.Docs {
				found = append(found, doc.ID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(found, want[status]) {
			t.Errorf("%s: pages hold %d runs, want %d in order of time", status, len(found), len(want[status]))
		}
		found = nil
		for doc, err := range s.Scan(t.Context(), acme, storage.Runs, storage.Query{Where: where}) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, doc.ID)
		}
		if !slices.Equal(found, want[status]) {
			t.Errorf("%s: a scan holds %d runs, want %d in order of time", status, len(found), len(want[status]))
		}
	}
}
