package storagetest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsSearchTests = []recordsTest{
	{"a search lists the newest first", recordsNewestFirst},
	{"from is inclusive and to exclusive", recordsBounds},
	{"pages hold every match once", recordsPages},
	{"pages are stable while documents are written", recordsPagesWhileWriting},
	{"equal times have an order", recordsEqualTimes},
	{"mutable documents are sorted by any field", recordsSort},
	{"keys find documents", recordsKeys},
	{"a key follows the document", recordsKeyChange},
	{"a document moves in time", recordsTimeChange},
	{"what a search cannot do is refused by field", recordsSearchInvalid},
}

func recordsNewestFirst(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles, storage.Logs} {
		var writes []storage.Write
		for _, i := range []int{3, 0, 4, 1, 2} {
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Millisecond), nil))
		}
		rs.store(t, s, acme, writes...)
		same(t, "newest first", ids(searchAll(t, s, acme, c, storage.Query{})), []string{"4", "3", "2", "1", "0"})
		same(t, "oldest first", ids(searchAll(t, s, acme, c, storage.Query{Sort: storage.Sort{Ascending: true}})), []string{"0", "1", "2", "3", "4"})
		named := storage.Sort{Field: storage.SchemaOf(c).Time.String(), Ascending: true}
		same(t, "by the name of the time", ids(searchAll(t, s, acme, c, storage.Query{Sort: named, Limit: 2})), []string{"0", "1", "2", "3", "4"})
		page := search(t, s, acme, c, storage.Query{Limit: 2})
		sameDocs(t, "page", page.Docs, []storage.Doc{stored(writes[2]), stored(writes[0])})
	}
	rs.store(t, s, acme, some(30, func(int) members { return nil })...)
	same(t, "rows of a page without limit", len(search(t, s, acme, storage.Events, storage.Query{}).Docs), 25)
	same(t, "documents of an unknown tenant", len(search(t, s, "nobody", storage.Events, storage.Query{}).Docs), 0)
}

func recordsBounds(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 10 {
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Microsecond), nil))
		}
		rs.store(t, s, acme, writes...)
		at := func(micros float64) time.Time { return noon.Add(time.Duration(micros * 1000)) }
		f := func(from, to time.Time, want ...string) {
			t.Helper()
			q := storage.Query{From: from, To: to, Sort: storage.Sort{Ascending: true}}
			got := ids(searchAll(t, s, acme, c, q))
			if len(got) != 0 || len(want) != 0 {
				same(t, fmt.Sprintf("%s from %v to %v", c, from, to), got, want)
			}
			same(t, "count", count(t, s, acme, c, q), int64(len(want)))
			same(t, "scan", len(scan(t, s, acme, c, q)), len(want))
		}
		f(at(3), at(6), "3", "4", "5")
		f(at(2.5), at(5.5), "3", "4", "5")
		f(at(8), time.Time{}, "8", "9")
		f(time.Time{}, at(2), "0", "1")
		f(at(5), at(5))
		f(at(6), at(5))
		f(at(100), time.Time{})
		f(time.Time{}, at(0))
		f(at(4).In(time.FixedZone("", 7200)), at(5).In(time.FixedZone("", -3600)), "4")
	}
}

func recordsPages(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 100 {
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i/3)*time.Second), members{"n": i % 4}))
		}
		rs.store(t, s, acme, writes...)
		for _, text := range []string{"", "n IN [1, 2]", "n > 7"} {
			want := 100
			switch text {
			case "n IN [1, 2]":
				want = 50
			case "n > 7":
				want = 0
			}
			for _, limit := range []int{1, 7, 49, 50, 51, 100, 1000} {
				for _, ascending := range []bool{true, false} {
					q := storage.Query{Where: where(t, text), Limit: limit, Sort: storage.Sort{Ascending: ascending}}
					docs := searchAll(t, s, acme, c, q)
					sorted := slices.IsSortedFunc(docs, func(a, b storage.Doc) int {
						if ascending {
							return a.Time.Compare(b.Time)
						}
						return b.Time.Compare(a.Time)
					})
					got := ids(docs)
					slices.Sort(got)
					if got = slices.Compact(got); len(got) != want || len(docs) != want || !sorted {
						t.Errorf("%s %q, limit %d, ascending %v: got %d documents, %d different ones, sorted %v; want %d",
							c, text, limit, ascending, len(docs), len(got), sorted, want)
					}
				}
			}
		}
	}
}

func recordsPagesWhileWriting(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		for _, ascending := range []bool{true, false} {
			mark := fmt.Sprintf("%s-%v-", c, ascending)
			var writes []storage.Write
			for i := range 60 {
				writes = append(writes, record(c, mark+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{"mark": mark}))
			}
			rs.store(t, s, acme, writes...)
			q := storage.Query{Where: where(t, fmt.Sprintf("mark = %q", mark)), Limit: 7, Sort: storage.Sort{Ascending: ascending}}
			seen := map[string]int{}
			for extra := 0; ; extra++ {
				page := search(t, s, acme, c, q)
				for _, doc := range page.Docs {
					seen[doc.ID]++
				}
				if page.Next == "" || extra > 100 {
					break
				}
				q.Cursor = page.Next
				for _, offset := range []int{-1, 30, 90} {
					at := noon.Add(time.Duration(offset)*time.Second + time.Duration(extra)*time.Millisecond)
					ok(t, commit(s, acme, record(c, fmt.Sprintf("%snew%d/%d", mark, extra, offset), at, members{"mark": mark})))
				}
				rs.refresh(t, s)
			}
			for _, w := range writes {
				if seen[w.Doc.ID] != 1 {
					t.Errorf("%s was on %d pages, want one", w.Doc.ID, seen[w.Doc.ID])
				}
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("%s was on %d pages", id, n)
				}
			}
		}
	}
}

func recordsEqualTimes(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 50 {
			writes = append(writes, record(c, strconv.Itoa(i*31%50), noon, nil))
		}
		rs.store(t, s, acme, writes...)
		down := ids(searchAll(t, s, acme, c, storage.Query{Limit: 3}))
		up := ids(searchAll(t, s, acme, c, storage.Query{Limit: 4, Sort: storage.Sort{Ascending: true}}))
		slices.Reverse(up)
		same(t, "down and reversed up", down, up)
		slices.Sort(up)
		same(t, "different ids", len(slices.Compact(up)), 50)
	}
}

func recordsSort(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	values := []any{3, -1.5, 20, 3, 1e300, nil, 0, 100}
	texts := []any{"b", "a", "ab", "", "b", nil, "ä", "B"}
	var writes []storage.Write
	for i := range values {
		with := members{"traits": members{}}
		if values[i] != nil {
			with["traits"] = members{"number": values[i], "text": texts[i], "flag": i%2 == 0}
		}
		writes = append(writes, profile("p"+strconv.Itoa(i), 0, noon.Add(time.Duration(i)*time.Second), with))
	}
	rs.store(t, s, acme, writes...)
	f := func(field string, ascending bool, want ...string) {
		t.Helper()
		for _, limit := range []int{1, 3, 100} {
			q := storage.Query{Sort: storage.Sort{Field: field, Ascending: ascending}, Limit: limit}
			same(t, fmt.Sprintf("by %s, ascending %v, limit %d", field, ascending, limit), ids(searchAll(t, s, acme, storage.Profiles, q)), want)
		}
	}
	f("traits.number", true, "p1", "p6", "p0", "p3", "p2", "p7", "p4", "p5")
	f("traits.number", false, "p4", "p7", "p2", "p3", "p0", "p6", "p1", "p5")
	f("traits.text", true, "p3", "p7", "p1", "p2", "p0", "p4", "p6", "p5")
	f("traits.text", false, "p6", "p4", "p0", "p2", "p1", "p7", "p3", "p5")
	f("traits.flag", true, "p1", "p3", "p7", "p0", "p2", "p4", "p6", "p5")
	q := storage.Query{Where: where(t, "traits.number >= 3"), Sort: storage.Sort{Field: "traits.number"}, Limit: 2}
	same(t, "with a condition", ids(searchAll(t, s, acme, storage.Profiles, q)), []string{"p4", "p7", "p2", "p3", "p0"})
}

func recordsKeys(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	var writes []storage.Write
	for i := range 60 {
		writes = append(writes, event("e"+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Minute),
			members{"n": i, "profile": members{"id": "p" + strconv.Itoa(i%3)}, "session": members{"id": "s" + strconv.Itoa(i/10)}}))
	}
	rs.store(t, s, acme, writes...)
	rs.store(t, s, acme,
		profile("p0", 0, noon, members{"ids": []string{"p0", "old", "older"}, "data": members{"contact": members{"email": members{"main": "a@b.c"}}}}),
		profile("p1", 0, noon, members{"ids": []string{"p1", "old"}}), profile("p2", 0, noon, nil))
	f := func(c storage.Collection, text string, want int64) {
		t.Helper()
		same(t, text, count(t, s, acme, c, find(t, text)), want)
		same(t, text+", listed", int64(len(searchAll(t, s, acme, c, find(t, text)))), want)
	}
	f(storage.Events, `profile.id = "p1"`, 20)
	f(storage.Events, `profile.id = "p"`, 0)
	f(storage.Events, `profile.id IN ["p1", "p2", "none", "p1"]`, 40)
	f(storage.Events, `profile.id = "p1" AND n > 30`, 10)
	f(storage.Events, `profile.id = "p1" AND session.id = "s0"`, 3)
	f(storage.Events, `profile.id = "p1" OR session.id = "s0"`, 27)
	f(storage.Events, `NOT profile.id = "p1"`, 40)
	f(storage.Events, `id = "e7"`, 1)
	f(storage.Events, `id IN ["e7", "e8", "x"] AND profile.id = "p1"`, 1)
	f(storage.Profiles, `ids CONTAINS "old"`, 2)
	f(storage.Profiles, `ids CONTAINS "older"`, 1)
	f(storage.Profiles, `ids CONTAINS "ol"`, 0)
	f(storage.Profiles, `data.contact.email.main = "a@b.c"`, 1)
	f(storage.Profiles, `data.contact.email.main = "A@b.c"`, 0)
	q := find(t, `profile.id = "p1"`)
	q.From, q.To = noon.Add(10*time.Minute), noon.Add(20*time.Minute)
	same(t, "key and time", ids(searchAll(t, s, acme, storage.Events, q)), []string{"e19", "e16", "e13", "e10"})
}

func recordsKeyChange(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	find := func(id string) []string {
		rs.refresh(t, s)
		return ids(searchAll(t, s, acme, storage.Profiles, find(t, fmt.Sprintf("ids CONTAINS %q", id))))
	}
	ok(t, commit(s, acme, profile("p", 0, noon, members{"ids": []string{"a", "b"}})))
	same(t, "first key", find("a"), []string{"p"})
	ok(t, commit(s, acme, profile("p", 1, noon, members{"ids": []string{"b", "c"}})))
	same(t, "key that went", len(find("a")), 0)
	same(t, "key that stayed", find("b"), []string{"p"})
	same(t, "key that came", find("c"), []string{"p"})
	first := s.Commit(&storage.ChangeSet{Tenant: acme, Writes: []storage.Write{profile("p", 2, noon, members{"ids": []string{"d"}})}})
	second := s.Commit(&storage.ChangeSet{Tenant: acme, Writes: []storage.Write{profile("p", 3, noon, members{"ids": []string{"a"}})}})
	ok(t, first.Wait(t.Context()))
	ok(t, second.Wait(t.Context()))
	same(t, "key that came back", find("a"), []string{"p"})
	same(t, "key that was there for a moment", len(find("d")), 0)
	same(t, "key that went at last", len(find("b")), 0)
}

func recordsTimeChange(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for i := range 10 {
		ok(t, commit(s, acme, profile("p"+strconv.Itoa(i), 0, noon.Add(time.Duration(i)*time.Hour), nil)))
	}
	ok(t, commit(s, acme, profile("p3", 1, noon.Add(100*time.Hour), nil)))
	rs.refresh(t, s)
	same(t, "newest", ids(search(t, s, acme, storage.Profiles, storage.Query{Limit: 2}).Docs), []string{"p3", "p9"})
	same(t, "number", count(t, s, acme, storage.Profiles, storage.Query{}), 10)
	same(t, "number at the old time", count(t, s, acme, storage.Profiles, storage.Query{From: noon.Add(3 * time.Hour), To: noon.Add(4 * time.Hour)}), 0)
	same(t, "listed", len(searchAll(t, s, acme, storage.Profiles, storage.Query{Limit: 3})), 10)
}

func recordsSearchInvalid(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, event("e", noon, nil), profile("p", 0, noon, nil))
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		for _, cursor := range []string{"x", "?", "AAAA", "e30", "eyJ0IjoxfQ"} {
			_, err := s.Search(t.Context(), acme, c, storage.Query{Cursor: cursor})
			wantInvalid(t, err, tracardi.Invalid, "cursor")
		}
		for _, path := range []string{"a..b", "...", "a[", ".a"} {
			_, err := s.Search(t.Context(), acme, c, storage.Query{Sort: storage.Sort{Field: path}})
			wantInvalid(t, err, tracardi.Invalid, "sort")
			_, err = s.Top(t.Context(), acme, c, storage.Query{}, path, 3)
			wantInvalid(t, err, tracardi.Invalid, "field")
			_, err = s.Histogram(t.Context(), acme, c, storage.Query{}, storage.Interval{Width: time.Hour}, path)
			wantInvalid(t, err, tracardi.Invalid, "group_by")
		}
		for _, width := range []time.Duration{0, -time.Hour, time.Millisecond} {
			_, err := s.Histogram(t.Context(), acme, c, storage.Query{}, storage.Interval{Width: width}, "")
			wantInvalid(t, err, tracardi.Invalid, "interval")
		}
		_, err := s.Top(t.Context(), acme, c, storage.Query{}, "", 3)
		wantInvalid(t, err, tracardi.Invalid, "field")
	}
}
