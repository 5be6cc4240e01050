package storagetest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var recordsReadTests = []recordsTest{
	{"reading keeps the order of the ids", recordsReadOrder},
	{"a scan yields every match once, oldest first", recordsScan},
	{"a scan can be left at any point", recordsScanLeft},
	{"a scan goes on while documents change", recordsScanWhileWriting},
	{"fields tell what documents hold", recordsFields},
	{"an ended context stops every method", recordsContext},
	{"a context that ends stops long work", recordsTimeout},
	{"closing twice is harmless", recordsClose},
}

func recordsReadOrder(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		a, b := record(c, "a", noon.Add(time.Hour), nil), record(c, "b", noon, nil)
		ok(t, commit(s, acme, a, b))
		got := read(t, s, acme, c, "b", "none", "a", "", "b")
		sameDocs(t, string(c), got, []storage.Doc{stored(b), {ID: "none"}, stored(a), {ID: ""}, stored(b)})
		same(t, "documents for no ids", len(read(t, s, acme, c)), 0)
		sameDocs(t, "documents of an unknown tenant", read(t, s, "nobody", c, "a"), []storage.Doc{{ID: "a"}})
	}
}

func recordsScan(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	const n = 2500
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range n { // times go up and down
			at := noon.Add(time.Duration(i*7919%n) * time.Second)
			writes = append(writes, record(c, "x"+strconv.Itoa(i), at, members{"odd": i%2 == 1, "profile": members{"id": strconv.Itoa(i % 3)}}))
		}
		for len(writes) > 0 {
			ok(t, commit(s, acme, writes[:100]...))
			writes = writes[100:]
		}
		rs.refresh(t, s)
		all := scan(t, s, acme, c, storage.Query{})
		same(t, "number of documents", len(all), n)
		same(t, "order", ids(all), ids(oldestFirst(all)))
		odd := scan(t, s, acme, c, find(t, "odd = true"))
		same(t, "number of odd ones", len(odd), n/2)
		same(t, "order of odd ones", ids(odd), ids(oldestFirst(odd)))
		some := scan(t, s, acme, c, storage.Query{From: noon.Add(100 * time.Second), To: noon.Add(200 * time.Second)})
		same(t, "part of the time", ids(some), ids(all[100:200]))
		same(t, "by a key", len(scan(t, s, acme, c, find(t, `profile.id = "1"`))), (n+1)/3)
		same(t, "nothing", len(scan(t, s, acme, c, find(t, `profile.id = "none"`))), 0)
	}
	same(t, "of an unknown tenant", len(scan(t, s, "nobody", storage.Events, storage.Query{})), 0)
}

func recordsScanLeft(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, some(30, func(int) members { return nil })...)
	for stop := range 5 {
		seen := 0
		for _, err := range s.Scan(t.Context(), acme, storage.Events, storage.Query{}) {
			ok(t, err)
			if seen++; seen > stop {
				break
			}
		}
		same(t, "documents seen", seen, stop+1)
	}
}

func recordsScanWhileWriting(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, some(3000, func(int) members { return nil })...)
	seen := map[string]int{}
	for doc, err := range s.Scan(t.Context(), acme, storage.Events, storage.Query{}) {
		ok(t, err)
		seen[doc.ID]++
		if len(seen)%500 == 1 {
			late := event("late"+strconv.Itoa(len(seen)), noon.Add(-time.Hour), nil)
			ok(t, commit(s, acme, late))
			_, err := s.Delete(t.Context(), acme, storage.Events, []string{"e2999"})
			ok(t, err)
		}
	}
	for i := range 2999 {
		if id := "e" + strconv.Itoa(i); seen[id] != 1 {
			t.Fatalf("%s was seen %d times, want once", id, seen[id])
		}
	}
}

func recordsFields(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		same(t, "fields of nothing", len(fields(t, s, c)), 0)
		rs.store(t, s, acme,
			record(c, "a", noon, members{"name": "Ann", "traits": members{"size": 3, "odd name": true, "ünï": "x"}}),
			record(c, "b", noon.Add(time.Second), members{"name": nil, "traits": members{"size": "large", "tags": []string{"x"}}}),
			record(c, "c", noon.Add(2*time.Second), members{"long": string(make([]byte, 5000))}))
		got := fields(t, s, c)
		for path, want := range map[string]storage.FieldInfo{
			"id":                              {Types: []string{"string"}, Count: 3},
			storage.SchemaOf(c).Time.String(): {Types: []string{"string"}, Count: 3},
			"name":                            {Types: []string{"string", "null"}, Count: 2},
			"traits.size":                     {Types: []string{"string", "number"}, Count: 2},
			`traits["odd name"]`:              {Types: []string{"boolean"}, Count: 1},
			"traits.ünï":                      {Types: []string{"string"}, Count: 1},
			"traits.tags":                     {Types: []string{"array"}, Count: 1},
			"long":                            {Types: []string{"string"}, Count: 1},
		} {
			want.Path = path
			same(t, string(c)+" field", got[path], want)
			delete(got, path)
		}
		same(t, "other fields", len(got), 0)
	}
	same(t, "fields of an unknown tenant", len(fieldsOf(t, s, "nobody", storage.Events)), 0)
}

func fields(t *testing.T, s storage.Records, c storage.Collection) map[string]storage.FieldInfo {
	return fieldsOf(t, s, acme, c)
}

func fieldsOf(t *testing.T, s storage.Records, tenant string, c storage.Collection) map[string]storage.FieldInfo {
	t.Helper()
	list, err := s.Fields(t.Context(), tenant, c)
	ok(t, err)
	all := map[string]storage.FieldInfo{}
	for _, field := range list {
		all[field.Path] = field
	}
	same(t, "paths that are there once", len(list), len(all))
	return all
}

// recordsCalls are the methods of a store with harmless arguments.
func recordsCalls(s storage.Records) calls {
	methods := calls{
		"drop": func(ctx context.Context) error { return s.Drop(ctx, "nobody") },
		"ping": s.Ping,
	}
	methods["arrivals"] = func(ctx context.Context) error {
		_, err := s.Arrivals(ctx, acme, storage.Events, "", 1)
		return err
	}
	methods["drop before"] = func(ctx context.Context) error {
		_, err := s.DropBefore(ctx, storage.Events, noon.AddDate(-50, 0, 0))
		return err
	}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		methods["read "+string(c)] = func(ctx context.Context) error { _, err := s.Read(ctx, acme, c, []string{"a"}); return err }
		methods["search "+string(c)] = func(ctx context.Context) error { _, err := s.Search(ctx, acme, c, storage.Query{}); return err }
		methods["count "+string(c)] = func(ctx context.Context) error { _, err := s.Count(ctx, acme, c, storage.Query{}); return err }
		methods["histogram "+string(c)] = func(ctx context.Context) error {
			_, err := s.Histogram(ctx, acme, c, storage.Query{}, storage.Interval{Width: time.Hour}, "")
			return err
		}
		methods["top "+string(c)] = func(ctx context.Context) error { _, err := s.Top(ctx, acme, c, storage.Query{}, "type", 3); return err }
		methods["fields "+string(c)] = func(ctx context.Context) error { _, err := s.Fields(ctx, acme, c); return err }
		methods["delete "+string(c)] = func(ctx context.Context) error { _, err := s.Delete(ctx, acme, c, []string{"a"}); return err }
		methods["scan "+string(c)] = func(ctx context.Context) (err error) {
			for _, e := range s.Scan(ctx, acme, c, storage.Query{}) {
				err = e
			}
			return err
		}
	}
	return methods
}

func recordsContext(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, event("a", noon, nil), profile("a", 0, noon, nil))
	wantContextHonoured(t, recordsCalls(s))
	same(t, "documents that were not deleted", len(read(t, s, acme, storage.Events, "a")[0].Body) > 0, true)
}

func recordsTimeout(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for i := range 50 {
		ok(t, commit(s, acme, some(100, func(int) members { return members{"n": i} })...))
	}
	rs.refresh(t, s)
	slow := find(t, `n > 5 AND (n ~ "x" OR n != 7) AND NOT n IN [1, 2, 3]`)
	for wait := time.Microsecond; wait < 10*time.Millisecond; wait *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		_, err := s.Count(ctx, acme, storage.Events, slow)
		if err != nil && ctx.Err() == nil {
			t.Errorf("got %v although the context has not ended", err)
		}
		cancel()
	}
}

func recordsClose(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	rs.store(t, s, acme, event("a", noon, nil), profile("a", 0, noon, nil))
	methods := recordsCalls(s)
	methods["commit"] = func(context.Context) error { return commit(s, acme, event("b", noon, nil)) }
	wantClosed(t, s, methods)
}
