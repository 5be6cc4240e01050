package storagetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// RecordsOptions say what physics demands of an engine for records. The zero value is for one that shows at once what was
// committed.
type RecordsOptions struct {
	Options[storage.Records]
	// Refresh returns when searches, counts and scans see everything that was committed; nil when they always do. Reading by
	// id sees it at once on every engine.
	Refresh func(t rapid.TB, store storage.Records)
	// Queue is where the messages of a store's change sets go.
	Queue func(store storage.Records) storage.Queue
	// Parts sets the clock of an engine that drops documents by age in whole parts; months at the longest. Nil for one that drops
	// exactly what is too old.
	Parts func(store storage.Records, now time.Time)
}

// Records checks an engine for records. open opens a fresh, empty store, which the suite closes.
//
// Beyond what package storage says, it asks of the documents only what the platform keeps to: a document holds its id in "id"
// and its time in the time field of its collection, written by tracardi.AppendTime.
func Records(t *testing.T, open func(t *testing.T) storage.Records, o RecordsOptions) {
	var tests []test[storage.Records]
	for _, each := range slices.Concat(recordsCommitTests, recordsReadTests, recordsSearchTests, recordsCountTests, recordsDeleteTests, recordsAgeTests,
		recordsArrivalTests, recordsTenantTests, recordsAwkwardTests, recordsRaceTests, recordsQueryTests) {
		tests = append(tests, test[storage.Records]{each.name, func(t *testing.T, s *suite[storage.Records]) {
			each.run(t, &recordsSuite{s, o})
		}})
	}
	run(t, open, o.Options, tests)
}

type recordsSuite struct {
	*suite[storage.Records]
	RecordsOptions
}

type recordsTest struct {
	name string
	run  func(t *testing.T, rs *recordsSuite)
}

// refresh waits until searches see everything that was committed.
func (rs *recordsSuite) refresh(t rapid.TB, s storage.Records) {
	if rs.Refresh != nil {
		rs.Refresh(t, s)
	}
}

// store commits writes of a tenant as one change set and waits until searches see them.
func (rs *recordsSuite) store(t rapid.TB, s storage.Records, tenant string, writes ...storage.Write) {
	t.Helper()
	ok(t, commit(s, tenant, writes...))
	rs.refresh(t, s)
}

func commit(s storage.Records, tenant string, writes ...storage.Write) error {
	return s.Commit(&storage.ChangeSet{Tenant: tenant, Writes: writes}).Wait(context.Background())
}

const acme = "acme" // the tenant of most tests

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// members are what a document holds beside its id and its time.
type members map[string]any

// record makes a document with members, written by the platform's rules.
func record(c storage.Collection, id string, at time.Time, with members) storage.Write {
	doc := map[string]any{}
	for name, value := range with {
		doc[name] = value
	}
	doc["id"] = id
	stamp := json.RawMessage(tracardi.AppendTime(nil, at))
	into := doc
	steps := storage.SchemaOf(c).Time.Steps()
	for _, step := range steps[:len(steps)-1] {
		inner := map[string]any{}
		into[step], into = inner, inner
	}
	into[steps[len(steps)-1]] = stamp
	body, err := json.Marshal(doc)
	if err != nil {
		panic(err) // the test is wrong
	}
	return storage.Write{Collection: c, Doc: storage.Doc{ID: id, Time: at, Body: body}}
}

func event(id string, at time.Time, with members) storage.Write {
	return record(storage.Events, id, at, with)
}

// profile makes a write of a profile that has a version.
func profile(id string, version uint64, at time.Time, with members) storage.Write {
	w := record(storage.Profiles, id, at, with)
	w.Doc.Version = version
	return w
}

// some makes n events, one a minute from noon on, that with describes.
func some(n int, with func(i int) members) []storage.Write {
	writes := make([]storage.Write, n)
	for i := range writes {
		writes[i] = event("e"+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Minute), with(i))
	}
	return writes
}

// where reads a condition of a search.
func where(t rapid.TB, text string) *expr.Condition {
	t.Helper()
	c, err := expr.ParseSearch(text, "")
	ok(t, err)
	return c
}

func find(t rapid.TB, text string) storage.Query { return storage.Query{Where: where(t, text)} }

func read(t rapid.TB, s storage.Records, tenant string, c storage.Collection, ids ...string) []storage.Doc {
	t.Helper()
	docs, err := s.Read(context.Background(), tenant, c, ids)
	ok(t, err)
	return docs
}

func search(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query) storage.Page {
	t.Helper()
	page, err := s.Search(context.Background(), tenant, c, q)
	ok(t, err)
	return page
}

// searchAll follows the pages to the end.
func searchAll(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query) (docs []storage.Doc) {
	t.Helper()
	for {
		page := search(t, s, tenant, c, q)
		docs = append(docs, page.Docs...)
		if page.Next == "" {
			return docs
		}
		if len(page.Docs) == 0 || page.Next == q.Cursor {
			t.Fatalf("the page behind cursor %q is empty or leads to itself", q.Cursor)
		}
		q.Cursor = page.Next
	}
}

func count(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query) int64 {
	t.Helper()
	n, err := s.Count(context.Background(), tenant, c, q)
	ok(t, err)
	return n
}

func histogram(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query, i storage.Interval, by string) []storage.Bucket {
	t.Helper()
	buckets, err := s.Histogram(context.Background(), tenant, c, q, i, by)
	ok(t, err)
	return buckets
}

func top(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query, field string, n int) []storage.Value {
	t.Helper()
	values, err := s.Top(context.Background(), tenant, c, q, field, n)
	ok(t, err)
	return values
}

func scan(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query) (docs []storage.Doc) {
	t.Helper()
	for doc, err := range s.Scan(context.Background(), tenant, c, q) {
		ok(t, err)
		docs = append(docs, doc)
	}
	return docs
}

func ids(docs []storage.Doc) []string {
	all := make([]string, len(docs))
	for i, doc := range docs {
		all[i] = doc.ID
	}
	return all
}

func idsOf(writes []storage.Write) []string {
	all := make([]string, len(writes))
	for i, w := range writes {
		all[i] = w.Doc.ID
	}
	return all
}

// stored is how the document of a write must come back.
func stored(w storage.Write) storage.Doc {
	doc := storage.Doc{ID: w.Doc.ID, Time: w.Doc.Time.UTC().Truncate(time.Microsecond), Body: w.Doc.Body}
	if !storage.SchemaOf(w.Collection).Immutable {
		doc.Version = w.Doc.Version + 1
	}
	return doc
}

// sameDocs compares documents; of their JSON the blanks do not matter.
func sameDocs(t rapid.TB, what string, got, want []storage.Doc) {
	t.Helper()
	same(t, what, compact(got), compact(want))
}

func compact(docs []storage.Doc) []storage.Doc {
	all := make([]storage.Doc, len(docs))
	for i, doc := range docs {
		all[i] = doc
		all[i].Time = doc.Time.UTC()
		if doc.Body != nil {
			var body bytes.Buffer
			if json.Compact(&body, doc.Body) == nil {
				all[i].Body = body.Bytes()
			}
		}
	}
	return all
}

// oldestFirst sorts documents by time. Tests whose times are equal compare sets.
func oldestFirst(docs []storage.Doc) []storage.Doc {
	return slices.SortedStableFunc(slices.Values(docs), func(a, b storage.Doc) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
}
