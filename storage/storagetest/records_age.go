package storagetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsAgeTests = []recordsTest{
	{"documents go by age", recordsAge},
	{"what changes does not go by age", recordsAgeless},
}

// recordsAge lets three months of the past arrive, in two tenants, and drops from the oldest on. Another test that shares the store
// has nothing that old.
func recordsAge(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	month := func(m time.Month, day int) time.Time { return time.Date(2003, m, day, 12, 0, 0, 0, time.UTC) }
	all := map[storage.Collection][]storage.Write{}
	for _, days := range [][]time.Time{{month(1, 5), month(1, 20)}, {month(2, 5), month(2, 20)}, {month(3, 5), month(3, 20)}} {
		for _, at := range days {
			if rs.Parts != nil {
				rs.Parts(s, at)
			}
			for _, c := range []storage.Collection{storage.Events, storage.Logs} {
				w := record(c, fmt.Sprint("e", at.Unix()), at, members{"type": "view", "level": "info", "profile": members{"id": "p"}, "profile_id": "p"})
				all[c] = append(all[c], w)
				ok(t, commit(s, acme, w))
				ok(t, commit(s, "other", w))
			}
		}
	}
	rs.refresh(t, s)
	if rs.Parts != nil {
		rs.Parts(s, month(4, 1))
	}
	drop := func(before time.Time, exactly, inParts int) {
		t.Helper()
		for c, writes := range all {
			keys := map[storage.Collection]string{storage.Events: `profile.id="p"`, storage.Logs: `profile_id="p"`}
			was := count(t, s, acme, c, storage.Query{})
			n, err := s.DropBefore(t.Context(), c, before)
			ok(t, err)
			rs.refresh(t, s)
			want := exactly
			if rs.Parts != nil {
				want = inParts
			}
			left := writes[len(writes)-want:]
			for _, tenant := range []string{acme, "other"} {
				sameDocs(t, fmt.Sprintf("%s left before %v", c, before), scan(t, s, tenant, c, storage.Query{}), storedAll(left))
				same(t, "found by a key", count(t, s, tenant, c, find(t, keys[c])), int64(want))
				for i, doc := range read(t, s, tenant, c, idsOf(writes)...) {
					same(t, "can be read", doc.Body != nil, i >= len(writes)-want)
				}
			}
			same(t, "number of documents that went", n, 2*(was-int64(want)))
			var sum int64
			for _, b := range histogram(t, s, acme, c, storage.Query{}, storage.Interval{Width: 24 * time.Hour}, "") {
				sum += b.Count
			}
			same(t, "in the histogram", sum, int64(want))
		}
	}
	drop(month(1, 1), 6, 6)
	drop(month(1, 5), 6, 6) // is not older than itself
	drop(month(2, 10), 3, 4)
	drop(month(2, 21), 2, 4)
	drop(month(3, 5), 2, 2)
	drop(month(3, 5), 2, 2)
	again := all[storage.Events][0]
	again.Doc.Unique = true
	ok(t, commit(s, acme, again)) // its id is forgotten
	rs.refresh(t, s)
	same(t, "the one that came again", count(t, s, acme, storage.Events, storage.Query{}), int64(3))
}

func storedAll(writes []storage.Write) []storage.Doc {
	docs := make([]storage.Doc, len(writes))
	for i, w := range writes {
		docs[i] = stored(w)
	}
	return docs
}

func recordsAgeless(t *testing.T, rs *recordsSuite) {
	_, err := rs.open(t).DropBefore(t.Context(), storage.Profiles, noon)
	wantInvalid(t, err, tracardi.Invalid, "collection")
}
