package pebble_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
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

// TestOldAmongMany pages through runs that two indexes find together, which is what no page of the newest shows and each index alone
// leaves thousands of: the pages are whole and in order, and the first is found without reading the documents in between.
func TestOldAmongMany(t *testing.T) {
	s := open(t, t.TempDir(), pebble.Options{})
	defer s.Close() // nothing is left to say
	const n, size = 9000, 2 << 10
	begin, trace := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), strings.Repeat("x", size)
	want := map[string][]string{}
	for from := 0; from < n; from += 500 {
		set := &storage.ChangeSet{Tenant: acme}
		for i := from; i < from+500; i++ {
			id, of, status := fmt.Sprintf("%05x", i*7919%99991), "old", "done"
			switch {
			case i >= 5000:
				of = "new"
			case i%1000 == 7:
				status = "waiting"
			case i%2 == 0:
				status = "failed"
			}
			if of == "new" && i < 8000 && i%2 == 0 {
				status = "waiting"
			}
			want[of+status] = append(want[of+status], id)
			want[of] = append(want[of], id)
			set.Writes = append(set.Writes, storage.Write{Collection: storage.Runs, Doc: storage.Doc{
				ID: id, Time: begin.Add(time.Duration(i) * time.Minute), Keys: []storage.Key{{Field: 1, Value: of}, {Field: 2, Value: status}},
				Body: []byte(`{"id":` + strconv.Quote(id) + `,"flow":{"id":"` + of + `"},"status":"` + status + `","trace":"` + trace + `"}`),
			}})
		}
		if err := s.Commit(set).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, query := range map[string]string{
		"olddone": `flow.id = "old" AND status = "done"`, "oldwaiting": `status = "waiting" AND flow.id = "old"`, "old": `flow.id = "old"`,
		"newwaiting": `flow.id = "new" AND status = "waiting"`, "newdone": `flow.id = "new" AND status = "done"`,
	} {
		where, err := expr.ParseSearch(query, "run")
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(want[name])
		q, found := storage.Query{Where: where, Limit: 25}, []string(nil)
		least := uint64(math.MaxUint64) // what the store does beside the search takes memory too, but not each time
		for attempt := 0; attempt < 20 && least > 5000*size; attempt++ {
			before := allocated()
			if _, err := s.Search(t.Context(), acme, storage.Runs, q); err != nil {
				t.Fatal(err)
			}
			least = min(least, allocated()-before)
		}
		if least > 5000*size {
			t.Errorf("%s: the first page takes %d bytes of memory, as if it read %d documents", query, least, least/size)
		}
		for {
			page, err := s.Search(t.Context(), acme, storage.Runs, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, doc := range page.Docs {
				found = append(found, doc.ID)
			}
			if q.Cursor, q.Limit = page.Next, 1500; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(found, want[name]) {
			t.Errorf("%s: pages hold %d runs, want %d, newest first", query, len(found), len(want[name]))
		}
		if count, err := s.Count(t.Context(), acme, storage.Runs, q); err != nil || int(count) != len(want[name]) {
			t.Errorf("%s: counted %d (%v), want %d", query, count, err, len(want[name]))
		}
	}
}

// allocated is how much memory the process asked for so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
