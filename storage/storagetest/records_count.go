package storagetest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
)

var recordsCountTests = []recordsTest{
	{"counts are exact at every bound", recordsCounts},
	{"counts are exact of many that must be looked at", recordsUnclear},
	{"a histogram has the intervals of its zone", recordsHistogramZones},
	{"a histogram groups by a field", recordsHistogramGroups},
	{"top values are the most frequent ones", recordsTop},
	{"equal values are counted as one", recordsEqualValues},
	{"every element of a list counts", recordsListValues},
}

func recordsCounts(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	var times []time.Time
	var writes []storage.Write
	for i := range 300 { // over three days, some on the hour
		at := noon.Add(time.Duration(i*i%4320) * time.Minute)
		times = append(times, at)
		writes = append(writes, event("e"+strconv.Itoa(i), at, members{"type": strconv.Itoa(i % 3)}))
	}
	rs.store(t, s, acme, writes...)
	bounds := []time.Time{
		{},
		noon, noon.Add(time.Hour), noon.Add(time.Hour + time.Microsecond), noon.Add(90 * time.Minute), noon.Add(24 * time.Hour),
		noon.Add(71*time.Hour + 59*time.Minute), noon.Add(100 * time.Hour), noon.Add(-time.Hour),
	}
	for _, from := range bounds {
		for _, to := range bounds {
			want := [3]int64{}
			for i, at := range times {
				if !at.Before(from) && (to.IsZero() || at.Before(to)) {
					want[i%3]++
				}
			}
			q := storage.Query{From: from, To: to}
			same(t, fmt.Sprintf("count from %v to %v", from, to), count(t, s, acme, storage.Events, q), want[0]+want[1]+want[2])
			q.Where = where(t, `type = "1"`)
			same(t, fmt.Sprintf("count of a type from %v to %v", from, to), count(t, s, acme, storage.Events, q), want[1])
		}
	}
}

// recordsUnclear counts by a condition of which an index answers one half, and the documents the other.
func recordsUnclear(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	writes := some(300, func(i int) members {
		return members{"type": []string{"buy", "view", "like"}[i%3], "text": fmt.Sprintf("some %d wörter", i%2)}
	})
	rs.store(t, s, acme, writes...)
	q := find(t, `type = "buy" OR text ~ "1 WÖRT"`)
	want := model{docs: docsOf(writes)}.match(q)
	same(t, "count", count(t, s, acme, storage.Events, q), int64(len(want)))
	sameValues(t, "top", top(t, s, acme, storage.Events, q, "type", 9), expectedValues(want, "type"))
	interval := storage.Interval{Width: time.Hour}
	sameBuckets(t, "histogram", histogram(t, s, acme, storage.Events, q, interval, "type"), expectedBuckets(want, interval, "type"))
}

func recordsHistogramZones(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	var writes []storage.Write
	var docs []storage.Doc
	for _, day := range []string{ // clocks change in Berlin, New York and on Lord Howe; others are ordinary, or long ago
		"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-04", "2026-10-03", "2026-07-01", "1969-12-31", "1970-01-04", "2018-11-04",
	} {
		start, err := time.Parse(time.DateOnly, day)
		ok(t, err)
		for i := range 100 {
			at := start.Add(time.Duration(i)*30*time.Minute - 10*time.Second - 12*time.Hour)
			w := event("e"+strconv.Itoa(len(writes)), at, members{"type": "t" + strconv.Itoa(i%2)})
			writes, docs = append(writes, w), append(docs, w.Doc)
		}
	}
	rs.store(t, s, acme, writes...)
	for _, name := range []string{
		"", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns",
		"Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo",
	} {
		zone, err := time.LoadLocation(name)
		ok(t, err)
		if name == "" {
			zone = nil
		}
		for i, width := range []time.Duration{time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
			interval := storage.Interval{Width: width, Zone: zone}
			by := []string{"", "type"}[i%2]
			got := histogram(t, s, acme, storage.Events, storage.Query{}, interval, by)
			sameBuckets(t, fmt.Sprintf("%v in %v by %q", width, zone, by), got, expectedBuckets(docs, interval, by))
			q := storage.Query{From: noon.Add(-300 * 24 * time.Hour), To: noon.Add(100 * 24 * time.Hour), Where: where(t, `type = "t1"`)}
			var some []storage.Doc
			for j, doc := range docs {
				if j%2 == 1 && !doc.Time.Before(q.From) && doc.Time.Before(q.To) {
					some = append(some, doc)
				}
			}
			got = histogram(t, s, acme, storage.Events, q, interval, "")
			sameBuckets(t, fmt.Sprintf("some, %v in %v", width, zone), got, expectedBuckets(some, interval, ""))
		}
	}
}

// sameBuckets compares histograms. Buckets come in the order of time, and their times are in the zone.
func sameBuckets(t rapid.TB, what string, got, want []storage.Bucket) {
	t.Helper()
	if !slices.IsSortedFunc(got, func(a, b storage.Bucket) int { return a.Time.Compare(b.Time) }) {
		t.Errorf("%s: the buckets are not in the order of time: %v", what, got)
	}
	text := func(buckets []storage.Bucket) []string {
		var lines []string
		for _, b := range buckets {
			lines = append(lines, fmt.Sprintf("%s %q %d", b.Time.Format(time.RFC3339Nano), b.Value, b.Count))
		}
		slices.Sort(lines)
		return lines
	}
	if diff := gocmp.Diff(text(want), text(got)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// expectedBuckets counts documents in memory.
func expectedBuckets(docs []storage.Doc, interval storage.Interval, by string) []storage.Bucket {
	zone := cmp.Or(interval.Zone, time.UTC)
	type key struct {
		at    int64
		value string
	}
	counts := map[key]int64{}
	for _, doc := range docs {
		at := interval.Start(doc.Time).UnixMicro()
		values := []any{""}
		if by != "" {
			if values = countedValues(doc.Body, by); len(values) == 0 {
				values = []any{""}
			}
		}
		for _, value := range values {
			counts[key{at, valueText(value)}]++
		}
	}
	var buckets []storage.Bucket
	for k, n := range counts {
		buckets = append(buckets, storage.Bucket{Time: time.UnixMicro(k.at).In(zone), Value: k.value, Count: n})
	}
	return buckets
}

func recordsHistogramGroups(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	kinds := []any{"buy", "view", nil, "", 5, true, []string{"buy", "x"}, members{"a": 1}}
	for _, c := range []storage.Collection{storage.Events, storage.Sessions} {
		var writes []storage.Write
		var docs []storage.Doc
		for i := range 80 {
			with := members{"type": kinds[i%8], "other": kinds[i/10]}
			if i%8 == 2 && i > 40 {
				delete(with, "type")
			}
			w := record(c, "e"+strconv.Itoa(i), noon.Add(time.Duration(i)*7*time.Minute), with)
			writes, docs = append(writes, w), append(docs, w.Doc)
		}
		rs.store(t, s, acme, writes...)
		for _, width := range []time.Duration{10 * time.Minute, time.Hour, 24 * time.Hour} {
			interval := storage.Interval{Width: width}
			for _, by := range []string{"type", "other", "missing"} {
				got := histogram(t, s, acme, c, storage.Query{}, interval, by)
				sameBuckets(t, fmt.Sprintf("%s, %v by %s", c, width, by), got, expectedBuckets(docs, interval, by))
				got = histogram(t, s, acme, c, find(t, `id != "e5"`), interval, by)
				sameBuckets(t, fmt.Sprintf("%s but one, %v by %s", c, width, by), got, expectedBuckets(slices.Delete(slices.Clone(docs), 5, 6), interval, by))
			}
		}
	}
}

func recordsTop(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Sessions} {
		var writes []storage.Write
		for i := range 60 {
			kind := []string{"a", "b", "b", "c", "c", "c"}[i%6]
			writes = append(writes, record(c, "e"+strconv.Itoa(i), noon.Add(time.Duration(i)*time.Minute), members{"type": kind, "n": i % 2, "flag": i < 10}))
		}
		rs.store(t, s, acme, writes...)
		f := func(q storage.Query, field string, n int, want ...storage.Value) {
			t.Helper()
			got := top(t, s, acme, c, q, field, n)
			if len(got) != 0 || len(want) != 0 {
				same(t, fmt.Sprintf("%s, top %d of %s", c, n, field), got, want)
			}
		}
		f(storage.Query{}, "type", 10, storage.Value{Value: "c", Count: 30}, storage.Value{Value: "b", Count: 20}, storage.Value{Value: "a", Count: 10})
		f(storage.Query{}, "type", 2, storage.Value{Value: "c", Count: 30}, storage.Value{Value: "b", Count: 20})
		f(storage.Query{}, "type", 0)
		f(storage.Query{}, "missing", 5)
		f(storage.Query{}, "flag", 5, storage.Value{Value: false, Count: 50}, storage.Value{Value: true, Count: 10})
		f(find(t, "n = 1"), "n", 5, storage.Value{Value: 1.0, Count: 30})
		f(find(t, `type != "c"`), "type", 5, storage.Value{Value: "b", Count: 20}, storage.Value{Value: "a", Count: 10})
		f(storage.Query{From: noon.Add(3 * time.Minute), To: noon.Add(9 * time.Minute)}, "type", 1, storage.Value{Value: "c", Count: 3})
		f(storage.Query{From: noon.Add(24 * time.Hour)}, "type", 5)
	}
}

func recordsEqualValues(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	raws := []string{"1", "1.0", "1e0", "10E-1", `"caf\u00e9"`, `"café"`, `"caf\u00E9"`, "0", "-0", "0.0"}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, raw := range raws {
			w := record(c, "e"+strconv.Itoa(i), noon, nil)
			body := string(w.Doc.Body)
			w.Doc.Body = []byte(body[:len(body)-1] + `,"type":` + raw + `,"v":` + raw + `}`)
			writes = append(writes, w)
		}
		rs.store(t, s, acme, writes...)
		want := []storage.Value{{Value: 1.0, Count: 4}, {Value: "café", Count: 3}, {Value: 0.0, Count: 3}}
		for _, field := range []string{"type", "v"} {
			for _, q := range []storage.Query{{}, find(t, "v EXISTS")} {
				sameValues(t, string(c), top(t, s, acme, c, q, field, 9), want)
				buckets := histogram(t, s, acme, c, q, storage.Interval{Width: time.Hour}, field)
				sameBuckets(t, string(c), buckets, []storage.Bucket{
					{Time: noon, Value: "1", Count: 4}, {Time: noon, Value: "café", Count: 3}, {Time: noon, Value: "0", Count: 3},
				})
			}
		}
	}
}

func recordsListValues(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	lists := []any{[]any{"a", "b"}, []any{"b", "b", 1, nil, members{"x": 1}}, "b", []any{}, []any{[]any{"c"}, "c"}, nil}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, list := range lists {
			writes = append(writes, record(c, "e"+strconv.Itoa(i), noon, members{"tags": list}))
		}
		rs.store(t, s, acme, writes...)
		want := []storage.Value{{Value: "b", Count: 3}, {Value: "a", Count: 1}, {Value: 1.0, Count: 1}, {Value: "c", Count: 1}}
		sameValues(t, string(c), top(t, s, acme, c, storage.Query{}, "tags", 9), want)
	}
}

// sameValues compares top values. Those of equal count have no order.
func sameValues(t rapid.TB, what string, got, want []storage.Value) {
	t.Helper()
	if !slices.IsSortedFunc(got, func(a, b storage.Value) int { return cmp.Compare(b.Count, a.Count) }) {
		t.Errorf("%s: the values are not in the order of their counts: %v", what, got)
	}
	text := func(values []storage.Value) []string {
		var lines []string
		for _, v := range values {
			lines = append(lines, fmt.Sprintf("%T %v: %d", v.Value, v.Value, v.Count))
		}
		slices.Sort(lines)
		return lines
	}
	if diff := gocmp.Diff(text(want), text(got)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}
