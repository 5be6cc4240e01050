package storagetest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var recordsDeleteTests = []recordsTest{
	{"after deleting everything agrees", recordsDelete},
	{"deleting what is not there is fine", recordsDeleteNothing},
	{"a deleted document may come back", recordsDeleteAgain},
	{"deleting in one series leaves the others", recordsDeleteRuns},
}

func recordsDelete(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Deliveries} {
		var writes []storage.Write
		for i := range 75 {
			writes = append(writes, record(c, "e"+strconv.Itoa(i), noon.Add(time.Duration(i)*7*time.Minute), members{
				"type": "t" + strconv.Itoa(i%3), "profile": members{"id": "p" + strconv.Itoa(i%4)}, "event": members{"id": "p" + strconv.Itoa(i%4)}, "n": i,
			}))
		}
		for part := range slices.Chunk(writes, 10) {
			ok(t, commit(s, acme, part...))
		}
		rs.refresh(t, s)
		left := writes
		for round := range 3 {
			var gone []string
			var stay []storage.Write
			for i, w := range left {
				if (i+round)%5 == 0 {
					gone = append(gone, w.Doc.ID)
				} else {
					stay = append(stay, w)
				}
			}
			n, err := s.Delete(t.Context(), acme, c, append(gone, "none", gone[0]))
			ok(t, err)
			same(t, "number of deleted documents", n, len(gone))
			rs.refresh(t, s)
			left = stay
			agrees(t, s, c, left)
		}
	}
}

// agrees checks that all that can be asked of a store's type, profile.id, event.id and n fits the documents.
func agrees(t *testing.T, s storage.Records, c storage.Collection, writes []storage.Write) {
	t.Helper()
	docs := make([]storage.Doc, len(writes))
	for i, w := range writes {
		docs[i] = stored(w)
	}
	docs = oldestFirst(docs)
	newest := slices.Clone(docs)
	slices.Reverse(newest)
	same(t, "search", ids(searchAll(t, s, acme, c, storage.Query{Limit: 7})), ids(newest))
	same(t, "scan", ids(scan(t, s, acme, c, storage.Query{})), ids(docs))
	sameDocs(t, "read", read(t, s, acme, c, ids(docs)...), docs)
	m := model{docs: docs}
	for _, text := range []string{"", `type = "t1"`, `profile.id = "p2"`, `event.id = "p2"`, "n < 50", `profile.id IN ["p1", "p3"] AND n > 20`} {
		m.check(t, s, acme, c, storage.Query{Where: where(t, text)})
	}
}

func recordsDeleteNothing(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, event("e", noon, nil))
	for _, tenant := range []string{acme, "nobody"} {
		n, err := s.Delete(t.Context(), tenant, storage.Events, []string{"none"})
		ok(t, err)
		same(t, "deleted", n, 0)
		n, err = s.Delete(t.Context(), tenant, storage.Profiles, nil)
		ok(t, err)
		same(t, "deleted", n, 0)
	}
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 1)
}

func recordsDeleteAgain(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for round := range 3 {
		first, second := event("e", noon.Add(time.Duration(round)*time.Hour), nil), profile("p", 0, noon, members{"round": round})
		rs.store(t, s, acme, first, second)
		agrees(t, s, storage.Events, []storage.Write{first})
		agrees(t, s, storage.Profiles, []storage.Write{second})
		ok(t, commit(s, acme, profile("p", 1, noon, nil)))
		for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
			n, err := s.Delete(t.Context(), acme, c, []string{"e", "p"})
			ok(t, err)
			same(t, "deleted", n, 1)
			rs.refresh(t, s)
			same(t, "left", count(t, s, acme, c, storage.Query{}), 0)
		}
	}
}

func recordsDeleteRuns(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, gone := range [][]int{{0}, {9}, {4}, {0, 9}, {3, 4, 5}, {5, 4, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 3, 5, 7, 9}} {
		key := fmt.Sprint(gone)
		var writes, left []storage.Write
		var goneIDs []string
		for i := range 10 {
			w := event(key+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{"profile": members{"id": key}})
			writes = append(writes, w)
			if !slices.Contains(gone, i) {
				left = append(left, w)
			}
		}
		for _, i := range gone {
			goneIDs = append(goneIDs, writes[i].Doc.ID)
		}
		rs.store(t, s, acme, writes...)
		n, err := s.Delete(t.Context(), acme, storage.Events, goneIDs)
		ok(t, err)
		same(t, "deleted", n, len(gone))
		rs.refresh(t, s)
		q := find(t, fmt.Sprintf("profile.id = %q", key))
		q.Sort.Ascending = true
		got := ids(searchAll(t, s, acme, storage.Events, q))
		same(t, "left of "+key, append([]string{}, got...), idsOf(left))
	}
}
