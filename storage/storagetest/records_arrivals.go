package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsArrivalTests = []recordsTest{
	{"arrivals come in the order in which they were stored", recordsArrivals},
	{"arrivals go on where they were left", recordsArrivalsReopened},
	{"arrivals miss nothing while many write", recordsArrivalsRace},
}

func arrivals(t rapid.TB, s storage.Records, tenant, after string, limit int) storage.Page {
	t.Helper()
	page, err := s.Arrivals(context.Background(), tenant, storage.Events, after, limit)
	ok(t, err)
	if page.Next == "" || len(page.Docs) > limit {
		t.Fatalf("behind %q come %d documents and the place %q", after, len(page.Docs), page.Next)
	}
	return page
}

// arrived reads to the end. What an engine gives again is left out.
func arrived(t rapid.TB, s storage.Records, tenant, after string, limit int) (docs []storage.Doc, place string) {
	t.Helper()
	seen := map[string]bool{}
	for {
		page := arrivals(t, s, tenant, after, limit)
		fresh := 0
		for _, doc := range page.Docs {
			if !seen[doc.ID] {
				seen[doc.ID] = true
				docs = append(docs, doc)
				fresh++
			}
		}
		if after = page.Next; fresh == 0 {
			return docs, after
		}
	}
}

func recordsArrivals(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	none := arrivals(t, s, acme, "", 10)
	same(t, "documents of nothing", len(none.Docs), 0)
	rs.store(t, s, "other", event("theirs", noon, nil))
	same(t, "documents of others", len(arrivals(t, s, acme, none.Next, 10).Docs), 0)
	var writes []storage.Write
	for i := range 5 { // the last ones happened first
		w := event(fmt.Sprintf("e%d", i), noon.Add(-time.Duration(i)*time.Hour), members{"n": i})
		rs.store(t, s, acme, w)
		pause(rs.suite.Pace) // engines that go by the clock keep them apart
		writes = append(writes, w)
	}
	docs, place := arrived(t, s, acme, none.Next, 2)
	want := make([]storage.Doc, len(writes))
	for i, w := range writes {
		want[i] = stored(w)
	}
	sameDocs(t, "arrivals", docs, want)
	same(t, "documents at the end", len(arrivals(t, s, acme, arrivals(t, s, acme, "", 10).Next, 10).Docs), 0)
	n, err := s.Delete(t.Context(), acme, storage.Events, []string{"e3", "e4"})
	ok(t, err)
	same(t, "deleted", n, 2)
	rs.store(t, s, acme, event("e5", noon, nil))
	docs, _ = arrived(t, s, acme, place, 10)
	same(t, "behind what was deleted", ids(docs), []string{"e5"})
	docs, _ = arrived(t, s, acme, none.Next, 10)
	same(t, "without what was deleted", ids(docs), []string{"e0", "e1", "e2", "e5"})

	_, err = s.Arrivals(t.Context(), acme, storage.Events, "no place", 10)
	wantInvalid(t, err, tracardi.Invalid, "after")
	_, err = s.Arrivals(t.Context(), acme, storage.Profiles, "", 10)
	wantInvalid(t, err, tracardi.Invalid, "collection")
}

func recordsArrivalsReopened(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, event("a", noon, nil))
	place := arrivals(t, s, acme, "", 10).Next
	rs.store(t, s, acme, event("b", noon.Add(-time.Hour), nil))
	s = rs.reopen(t, s)
	rs.store(t, s, acme, event("c", noon.Add(-2*time.Hour), nil))
	docs, _ := arrived(t, s, acme, place, 10)
	got := map[string]bool{}
	for _, doc := range docs {
		got[doc.ID] = true
	}
	same(t, "arrivals since", got["b"] && got["c"], true)
}

func recordsArrivalsRace(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	const sets = 50
	place := arrivals(t, s, acme, "", 10).Next
	var writing sync.WaitGroup
	for i := range 4 {
		writing.Go(func() {
			for n := range sets {
				if err := commit(s, acme, event(fmt.Sprintf("%d-%d", i, n), noon.Add(time.Duration(n)*time.Minute), nil)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	got := map[string]bool{}
	rs.eventually(t, "all documents arrived", func() bool {
		page := arrivals(t, s, acme, place, 7)
		place = page.Next
		for _, doc := range page.Docs {
			got[doc.ID] = true
		}
		return len(got) == 4*sets
	})
	writing.Wait()
}
