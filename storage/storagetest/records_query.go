package storagetest

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsQueryTests = []recordsTest{
	{"written queries find what they say", recordsQueryFiles},
	{"a search means what the condition means in memory", recordsModel},
}

// model is the simplest collection: a list of documents.
type model struct{ docs []storage.Doc }

// match returns the documents that a query selects, oldest first.
func (m model) match(q storage.Query) (docs []storage.Doc) {
	for _, doc := range m.docs {
		if !q.From.IsZero() && doc.Time.Before(q.From) || !q.To.IsZero() && !doc.Time.Before(q.To) {
			continue
		}
		if q.Where != nil {
			if holds, _ := q.Where.Eval(expr.Document(doc.Body)); !holds {
				continue
			}
		}
		docs = append(docs, doc)
	}
	return oldestFirst(docs)
}

// check compares every answer on a query with the model's.
func (m model) check(t rapid.TB, s storage.Records, tenant string, c storage.Collection, q storage.Query) {
	t.Helper()
	want := m.match(q)
	what := fmt.Sprintf("%s of %d documents, where %v, from %v to %v", c, len(m.docs), q.Where, q.From, q.To)
	same(t, "count of "+what, count(t, s, tenant, c, q), int64(len(want)))
	for _, ascending := range []bool{true, false} {
		q := q
		q.Sort.Ascending, q.Limit = ascending, 7
		sameRows(t, fmt.Sprintf("search, ascending %v, of %s", ascending, what), searchAll(t, s, tenant, c, q), want, ascending)
	}
	sameRows(t, "scan of "+what, scan(t, s, tenant, c, q), want, true)
	for _, field := range modelFields {
		sameValues(t, "top "+field+" of "+what, top(t, s, tenant, c, q, field, 1000), expectedValues(want, field))
	}
	// Every interval and every field, and over some queries every pair of them.
	for i, by := range append(modelFields[:3:3], "") {
		interval := modelIntervals[(i+len(what))%len(modelIntervals)]
		got := histogram(t, s, tenant, c, q, interval, by)
		sameBuckets(t, fmt.Sprintf("histogram %v by %q of %s", interval, by, what), got, expectedBuckets(want, interval, by))
	}
}

var (
	modelFields    = []string{"type", "a", "v", "b.a", "profile.id"}
	modelIntervals = []storage.Interval{{Width: time.Minute}, {Width: time.Hour, Zone: time.FixedZone("half past", 5*3600+1800)}, {Width: 24 * time.Hour}}
)

// sameRows compares lists of documents in the order of time. Those of equal time may come in any order.
func sameRows(t rapid.TB, what string, got, want []storage.Doc, ascending bool) {
	t.Helper()
	byTime := func(a, b storage.Doc) int {
		if ascending {
			return a.Time.Compare(b.Time)
		}
		return b.Time.Compare(a.Time)
	}
	if !slices.IsSortedFunc(got, byTime) {
		t.Errorf("%s: the documents are not in the order of time", what)
	}
	if g, w := strings.Join(ids(oldestFirst(got)), " "), strings.Join(ids(want), " "); g != w {
		t.Fatalf("%s: got %s; want %s\n%s", what, g, w, bodies(got, want))
	}
}

// bodies shows the documents that only one of two lists has.
func bodies(got, want []storage.Doc) string {
	var b strings.Builder
	only := func(what string, docs, others []storage.Doc) {
		for _, doc := range docs {
			if !slices.Contains(ids(others), doc.ID) {
				fmt.Fprintf(&b, "%s %s\n", what, doc.Body[:min(len(doc.Body), 500)])
			}
		}
	}
	only("too many:", got, want)
	only("missing:", want, got)
	return b.String()
}

// countedValues are the values under which a document is counted: the value of a field or, in a list, each of its elements
// once. Null, objects and numbers beyond all bounds count as missing.
func countedValues(body []byte, field string) (values []any) {
	raw, _ := expr.MustPath(field).FindRaw(body)
	var add func(v gjson.Result)
	add = func(v gjson.Result) {
		var value any
		switch {
		case v.IsArray():
			v.ForEach(func(_, item gjson.Result) bool { add(item); return true })
			return
		case v.IsObject() || v.Type == gjson.Null || math.IsInf(v.Num, 0):
			return
		case v.Type == gjson.Number:
			value = v.Num + 0 // not -0
		default:
			value = v.Value()
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	add(gjson.ParseBytes(raw))
	return values
}

// valueText is what a value is called in a histogram.
func valueText(value any) string {
	if n, ok := value.(float64); ok {
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	return fmt.Sprint(value)
}

func expectedValues(docs []storage.Doc, field string) (values []storage.Value) {
	counts := map[any]int64{}
	for _, doc := range docs {
		for _, value := range countedValues(doc.Body, field) {
			counts[value]++
		}
	}
	for value, n := range counts {
		values = append(values, storage.Value{Value: value, Count: n})
	}
	return values
}

// recordsModel writes, changes and deletes random documents and asks random questions.
func recordsModel(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		r := &modelRun{rs: rs, store: s, tenant: "run" + strconv.Itoa(runs)}
		r.collection = rapid.SampledFrom([]storage.Collection{storage.Events, storage.Events, storage.Profiles, storage.Logs}).Draw(t, "collection")
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			r.write(t)
			r.change(t)
			r.delete(t)
			rs.refresh(t, s)
			for range 3 {
				r.check(t, s, r.tenant, r.collection, r.query(t))
			}
			r.check(t, s, r.tenant, r.collection, storage.Query{})
		}
	})
}

// modelRun is a tenant of a store and what must be in it.
type modelRun struct {
	model
	rs         *recordsSuite
	store      storage.Records
	tenant     string
	collection storage.Collection
	written    int
}

func (r *modelRun) mutable() bool { return !storage.SchemaOf(r.collection).Immutable }

// write adds documents, in change sets of some.
func (r *modelRun) write(t *rapid.T) {
	texts := rapid.SliceOfN(documentTexts(), 0, 50).Draw(t, "documents")
	size := rapid.IntRange(1, 5).Draw(t, "documents of a change set")
	var tickets []storage.Ticket
	for part := range slices.Chunk(texts, size) {
		var writes []storage.Write
		for _, text := range part {
			r.written++
			at := noon.Add(time.Duration(rapid.IntRange(-300, 300).Draw(t, "minutes"))*time.Minute + time.Duration(rapid.SampledFrom([]int{0, 1000}).Draw(t, "ns")))
			w := record(r.collection, "x"+strconv.Itoa(r.written), at, nil)
			w.Doc.Body = append(w.Doc.Body[:len(w.Doc.Body)-1], text...)
			writes = append(writes, w)
			r.docs = append(r.docs, stored(w))
		}
		tickets = append(tickets, r.store.Commit(&storage.ChangeSet{Tenant: r.tenant, Writes: writes}))
	}
	waitAll(t, tickets)
}

// waitAll waits for change sets that were committed one behind the other.
func waitAll(t rapid.TB, tickets []storage.Ticket) {
	for _, ticket := range tickets {
		ok(t, ticket.Wait(context.Background()))
	}
}

// change writes some mutable documents again.
func (r *modelRun) change(t *rapid.T) {
	if !r.mutable() {
		return
	}
	var tickets []storage.Ticket
	for i, doc := range r.docs {
		if rapid.IntRange(0, 4).Draw(t, "change") > 0 {
			continue
		}
		w := record(r.collection, doc.ID, doc.Time.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, -90}).Draw(t, "moved"))*time.Minute), nil)
		w.Doc.Body = append(w.Doc.Body[:len(w.Doc.Body)-1], documentTexts().Draw(t, "document")...)
		w.Doc.Version = doc.Version
		tickets = append(tickets, r.store.Commit(&storage.ChangeSet{Tenant: r.tenant, Writes: []storage.Write{w}}))
		r.docs[i] = stored(w)
	}
	waitAll(t, tickets)
}

func (r *modelRun) delete(t *rapid.T) {
	var gone []string
	r.docs = slices.DeleteFunc(r.docs, func(doc storage.Doc) bool {
		drawn := rapid.IntRange(0, 5).Draw(t, "delete") == 0
		if drawn {
			gone = append(gone, doc.ID)
		}
		return drawn
	})
	n, err := r.store.Delete(t.Context(), r.tenant, r.collection, gone)
	ok(t, err)
	same(t, "deleted", n, len(gone))
}

func (r *modelRun) query(t *rapid.T) (q storage.Query) {
	text := conditionTexts(storage.SchemaOf(r.collection).Time.String(), 3).Draw(t, "condition")
	var err error
	if q.Where, err = expr.ParseSearch(text, "event"); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	bound := func(name string) time.Time {
		if rapid.Bool().Draw(t, name) {
			return time.Time{}
		}
		return noon.Add(time.Duration(rapid.IntRange(-310, 310).Draw(t, name)) * time.Minute)
	}
	q.From, q.To = bound("from"), bound("to")
	return q
}

// documentTexts draws the members of a document, beside id and time, as JSON with a comma before and the brace behind.
func documentTexts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		member := func(name string, value *rapid.Generator[string]) {
			if rapid.IntRange(0, 3).Draw(t, "has "+name) > 0 {
				fmt.Fprintf(&b, `,%q:%s`, name, value.Draw(t, name))
			}
		}
		member("type", rapid.OneOf(rapid.SampledFrom([]string{`"buy"`, `"view"`, `"buy"`, `"view"`, `"b\u0075y"`}), scalarTexts()))
		member("profile", rapid.OneOf(rapid.SampledFrom([]string{`{"id":"p1"}`, `{"id":"p2"}`, `{"id":"p1","x":1}`}), valueTexts(2)))
		member("ids", rapid.OneOf(rapid.SampledFrom([]string{`["p1","p2"]`, `["p2","p2","q"]`, `[]`}), valueTexts(1)))
		for _, name := range []string{"a", "b", "v", "odd name", "ü"} {
			member(name, valueTexts(3))
		}
		return b.String() + "}"
	})
}

func scalarTexts() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"null", "true", "false", "0", "-0", "1", "1.0", "1e0", "-2.5", "1e21", "1e400", `""`, `"a"`, `"ab"`, `"\u0061"`, `"A*"`, `"1"`, `"buy"`, `"p1"`,
		`"2026-03-14"`, `"2026-03-14T12:30:00Z"`, `"2026-03-14T14:30:00+02:00"`, `"é"`, `"e\u0301"`, `"a\"\\\n"`, `"` + strings.Repeat("long ", 150) + `"`,
	})
}

func valueTexts(depth int) *rapid.Generator[string] {
	if depth == 0 {
		return scalarTexts()
	}
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0:
			return rapid.SampledFrom([]string{"{}", "{ }", "[]", "[ ]"}).Draw(t, "empty")
		case 1:
			items := rapid.SliceOfN(valueTexts(depth-1), 1, 3).Draw(t, "items")
			return "[" + strings.Join(items, ", ") + "]"
		case 2, 3:
			var members []string
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "x", "0", "odd name"}), 1, 3, rapid.ID[string]).Draw(t, "names") {
				members = append(members, fmt.Sprintf("%q: %s", name, valueTexts(depth-1).Draw(t, name)))
			}
			return "{" + strings.Join(members, ",") + "}"
		}
		return scalarTexts().Draw(t, "scalar")
	})
}

// conditionTexts draws texts of valid conditions on such documents.
func conditionTexts(timeField string, depth int) *rapid.Generator[string] {
	if depth == 0 {
		return leafTexts(timeField)
	}
	return rapid.Custom(func(t *rapid.T) string {
		inner := conditionTexts(timeField, depth-1)
		switch rapid.IntRange(0, 5).Draw(t, "node") {
		case 0, 1:
			return inner.Draw(t, "left") + " AND " + inner.Draw(t, "right")
		case 2:
			return "(" + inner.Draw(t, "left") + " OR " + inner.Draw(t, "right") + ")"
		case 3:
			return "NOT (" + inner.Draw(t, "operand") + ")"
		}
		return leafTexts(timeField).Draw(t, "leaf")
	})
}

func leafTexts(timeField string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		field := rapid.SampledFrom([]string{
			"a", "b", "v", "type", "a.b", "a.a.a", "b.a", "b.x", "v.0", "v.0.a", "a.b.0", `["odd name"]`, `a["odd name"]`, "ü", "missing", "b.missing",
			"id", "profile", "profile.id", "ids", "ids.0", "type.x", timeField, timeField, "metadata", timeField + ".x",
		}).Draw(t, "field")
		left := field
		if rapid.IntRange(0, 9).Draw(t, "call") == 0 {
			left = rapid.SampledFrom([]string{"lowercase(", "datetime(", "uppercase("}).Draw(t, "function") + field + ")"
		}
		right := rapid.OneOf(constantTexts(), constantTexts(), constantTexts(), rapid.SampledFrom([]string{"event@a", "event@type", "lowercase(event@b)"}))
		op := rapid.SampledFrom([]string{
			"=", "=", "=", "!=", "<", "<=", ">", ">=", "~", "CONTAINS", "CONTAINS", "STARTS WITH", "ENDS WITH", "IN", "IN", "NOT IN", "=[]", "BETWEEN",
			"IS NULL", "IS NOT NULL", "EMPTY", "NOT EMPTY", "EXISTS", "NOT EXISTS",
		}).Draw(t, "op")
		switch op {
		case "IN", "NOT IN", "=[]":
			values := rapid.SliceOfN(listedTexts(), 0, 3).Draw(t, "values")
			return left + " " + strings.TrimSuffix(op, "[]") + " [" + strings.Join(values, ", ") + "]"
		case "BETWEEN":
			return left + " BETWEEN " + right.Draw(t, "low") + " AND " + right.Draw(t, "high")
		case "EXISTS", "NOT EXISTS":
			return field + " " + op
		case "IS NULL", "IS NOT NULL", "EMPTY", "NOT EMPTY":
			return left + " " + op
		}
		return left + " " + op + " " + right.Draw(t, "right")
	})
}

func listedTexts() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"NULL", "true", "0", "1", "-2.5", `""`, `"a"`, `"buy"`, `"p1"`, `"p2"`, `"x1"`, `"x7"`, `"x20"`, `"1"`})
}

func constantTexts() *rapid.Generator[string] {
	return rapid.OneOf(listedTexts(), rapid.SampledFrom([]string{
		`"A*"`, `"A\*"`, `"*"`, `"?b"`, "1e21", `"é"`, `"2026-03-14"`, `"2026-03-14T12:00:00.000000Z"`, `"2026-03-14T12"`, `datetime("2026-03-14T12:00:00Z")`,
		`datetime("2026-03-14T14:30:00+02:00")`, `datetime("2026-03-14T12:00:00.0000005Z")`, `now.offset("-1h")`, `now()`, `datetime("2026-03-13")`,
	}))
}

//go:embed testdata/*.query
var queryFiles embed.FS

// recordsQueryFiles runs the cases in testdata. A file holds documents and questions, line by line:
//
//	# what it is about
//	load event           the collection of the documents that follow, one JSON object a line
//	find type = "buy"    a condition on it
//	want e3 e1           the ids it finds, newest first
func recordsQueryFiles(t *testing.T, rs *recordsSuite) {
	names, err := fs.Glob(queryFiles, "testdata/*.query")
	ok(t, err)
	for _, name := range names {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".query"), func(t *testing.T) {
			text, err := queryFiles.ReadFile(name)
			ok(t, err)
			f := queryFile{rs: rs, store: rs.open(t)}
			for i, line := range strings.Split(string(text), "\n") {
				f.line = i + 1
				f.run(t, strings.TrimSpace(line))
			}
			if f.asked == 0 {
				t.Error("the file asks nothing")
			}
		})
	}
}

type queryFile struct {
	rs         *recordsSuite
	store      storage.Records
	line       int
	collection storage.Collection
	question   string
	asked      int
}

func (f *queryFile) run(t *testing.T, line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || word[0] == '#':
	case word == "load":
		f.collection = storage.Collection(rest)
	case word[0] == '{':
		timePath := storage.SchemaOf(f.collection).Time
		id := gjson.Get(line, "id").Str
		at, err := time.Parse(time.RFC3339, gjson.Get(line, timePath.String()).Str)
		ok(t, err)
		ok(t, commit(f.store, acme, storage.Write{Collection: f.collection, Doc: storage.Doc{ID: id, Time: at, Body: []byte(line)}}))
	case word == "find":
		f.question = rest
	case word == "want":
		f.rs.refresh(t, f.store)
		condition, err := expr.ParseSearch(f.question, string(f.collection))
		ok(t, err)
		q := storage.Query{Where: condition}
		got := strings.Join(ids(searchAll(t, f.store, acme, f.collection, q)), " ")
		if got != rest {
			t.Errorf("line %d: %s found %q, want %q", f.line, f.question, got, rest)
		}
		same(t, fmt.Sprintf("line %d: count", f.line), count(t, f.store, acme, f.collection, q), int64(len(strings.Fields(rest))))
		f.asked++
	default:
		t.Fatalf("line %d: %q is neither a comment, a document, load, find nor want", f.line, cmp.Or(line, word))
	}
}
