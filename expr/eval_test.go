package expr_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// typed is data that holds values as Go programs do.
type typed map[string]any

func (d typed) Get(_ string, p expr.Path) (any, bool) {
	v, ok := d[p.String()]
	return v, ok
}

func TestTypedData(t *testing.T) {
	data := typed{
		"int": 3, "int64": int64(4), "strings": []string{"a", "b"}, "time": clock, "odd": struct{}{},
		"list": []any{1, "x"}, "object": map[string]any{"a": 1}, "none": nil,
	}
	f := func(text string, want bool, because string) {
		t.Helper()
		got, problem := must(expr.Parse(text)).EvalAt(clock, data)
		if got != want || (problem == nil) != (because == "") || problem != nil && !strings.Contains(problem.Error(), because) {
			t.Errorf("%s: got %v, %v; want %v, %q", text, got, problem, want, because)
		}
	}
	f(`profile@int = 3 AND profile@int64 > 3`, true, "")
	f(`profile@strings CONTAINS "b" AND profile@strings = ["a", "b"] AND profile@strings NOT EMPTY`, true, "")
	f(`profile@time = "2024-05-17T10:30:00Z" AND profile@time = now() AND profile@time > "2024-05-17T10:29:00Z"`, true, "")
	f(`profile@list CONTAINS 1 AND profile@object = profile@object AND profile@object NOT EMPTY`, true, "")
	f(`profile@odd EXISTS AND profile@odd NOT EMPTY AND profile@odd != profile@odd`, true, "")
	f(`profile@odd > 1`, false, "an unknown value cannot be ordered against a number")
	f(`profile@time > 1`, false, "a date cannot be ordered against a number")
	f(`profile@time EMPTY`, false, "")
}

// TestFirstProblemIsReported also shows that evaluation goes on after it.
func TestFirstProblemIsReported(t *testing.T) {
	c := must(expr.Parse(`profile@a > "x" OR profile@b CONTAINS 1 OR profile@a = 1`))
	got, err := c.Eval(expr.Document(`{"a": 1}`))
	problem, ok := err.(*expr.Problem)
	if !got || !ok || problem.Leaf.String() != `profile@a > "x"` || problem.Reason != "a number cannot be ordered against a text" {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestNowIsOneMoment: all calls of now() in one evaluation agree, and the clock is used when no time is given.
func TestNowIsOneMoment(t *testing.T) {
	c := must(expr.Parse(`now() = now() AND now() = utcnow() AND now() >= profile@before`))
	before := time.Now().UTC().Format(time.RFC3339Nano)
	if ok, err := c.Eval(expr.Document(`{"before": "` + before + `"}`)); !ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestDatesOutOfTheCalendar(t *testing.T) {
	c := must(expr.Parse(`now() < now.offset("999999 years")`))
	ok, err := c.EvalAt(clock, expr.Document(`{}`))
	if ok || err == nil || !strings.Contains(err.Error(), "the offset leads out of the calendar") {
		t.Errorf("got %v, %v", ok, err)
	}
	if got := c.At(clock).String(); got != `datetime("2024-05-17T10:30:00Z") < now.offset("999999 years")` {
		t.Errorf("got %s", got)
	}
}

func TestOffsets(t *testing.T) {
	f := func(offset, want string) {
		t.Helper()
		got := must(expr.Parse(`profile@a > now.offset("` + offset + `")`)).At(clock).String()
		if got != `profile@a > datetime("`+want+`")` {
			t.Errorf("%s: got %s, want %s", offset, got, want)
		}
	}
	f("-15m", "2024-05-17T10:15:00Z")
	f("15 min", "2024-05-17T10:45:00Z")
	f("+1h 30m", "2024-05-17T12:00:00Z")
	f("-1d12h", "2024-05-15T22:30:00Z")
	f("2 weeks ago", "2024-05-03T10:30:00Z")
	f("in 3 Months", "2024-08-17T10:30:00Z")
	f("-1y", "2023-05-17T10:30:00Z")
	f("90s", "2024-05-17T10:31:30Z")
	f("90000ms", "2024-05-17T10:31:30Z")
	f(" - 2 days ", "2024-05-15T10:30:00Z")
}

func TestParseDate(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	f := func(text, want string) {
		t.Helper()
		got, err := expr.ParseDate(text, clock, zone)
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "cannot read") {
				t.Errorf("%s: got %v, %v; want an error", text, got, err)
			}
			return
		}
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: got %v, %v; want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
	f("2024-02-03T04:05:06Z", "2024-02-03T04:05:06Z")
	f("2024-02-03T04:05:06.789-05:00", "2024-02-03T04:05:06.789-05:00")
	f("2024-02-03T04:05:06+0100", "2024-02-03T04:05:06+01:00")
	f("2024-02-03 04:05:06.5", "2024-02-03T04:05:06.5+02:00")
	f(" 2024-02-03 ", "2024-02-03T00:00:00+02:00")
	f("20240203T040506Z", "2024-02-03T04:05:06Z")
	f("2024/02/03 04:05", "2024-02-03T04:05:00+02:00")
	f("3 February 2024", "2024-02-03T00:00:00+02:00")
	f("Feb 3, 2024 4:05 PM", "2024-02-03T16:05:00+02:00")
	f("03.02.2024", "2024-02-03T00:00:00+02:00")
	f("Sat, 03 Feb 2024 04:05:06 +0000", "2024-02-03T04:05:06Z")
	f("2024-02", "2024-02-01T00:00:00+02:00")
	f("Now", "2024-05-17T12:30:00+02:00")
	f("today", "2024-05-17T00:00:00+02:00")
	f("YESTERDAY", "2024-05-16T00:00:00+02:00")
	f("tomorrow", "2024-05-18T00:00:00+02:00")
	f("3 weeks ago", "2024-04-26T12:30:00+02:00")
	f("in 1 year", "2025-05-17T12:30:00+02:00")
	f("-90m", "2024-05-17T11:00:00+02:00")
	f("+1 day", "2024-05-18T12:30:00+02:00")
	for _, text := range []string{
		"", "soon", "1 day", "in", " ago", "in soon", "-", "-5 lightyears", "2024-13-01", "2024-02-30", "01/02/2024", "1715941800",
		"-999999 years", "0000-01-01T00:00:00+14:00", "9999-12-31T23:00:00-05:00", "Fri, 31 Dec 9999 23:00:00 -0500", "-1000000000s", strings.Repeat("1h ", 30) + "ago", strings.Repeat("ż", 100),
	} {
		f(text, "")
	}
}

func TestDocumentAnswersForEverySource(t *testing.T) {
	ok, err := must(expr.Parse(`profile@a = 1 AND event@a = 1`)).Eval(expr.Document(`{"a": 1}`))
	if !ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
	value, ok := expr.Sources{"event": []byte(`{"a": null}`)}.Get("event", expr.MustPath("a"))
	if value != nil || !ok {
		t.Errorf("null: got %v, %v", value, ok)
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	c := must(expr.Parse(`profile@a ~ "x?" OR profile@b IN [1, 2] OR profile@t < now() OR datetime.timezone(profile@t, "Europe/Berlin") = now()`))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				if ok, err := c.Eval(expr.Document(`{"a": "Xy"}`)); !ok || err != nil {
					t.Errorf("got %v, %v", ok, err)
				}
			}
		})
	}
	group.Wait()
}

func TestComparingAllocatesNothing(t *testing.T) {
	data := typed{"name": "Ada Lovelace", "age": 36.0, "time": "2024-05-17T10:30:00Z"}
	doc := expr.Document(`{"name": "Ada Lovelace", "age": 36, "time": "2024-05-17T10:30:00Z"}`)
	for _, text := range []string{
		`profile@name = "Ada Lovelace"`, `profile@age > 35`, `profile@name = "Ada*"`, `profile@name ~ "LOVE"`, `profile@name ~ "a?a*"`,
		`profile@age IN [1, 36]`, `profile@name CONTAINS "Love"`, `profile@age BETWEEN 1 AND 40`, `profile@missing != "x"`,
		`profile@time = datetime("2024-05-17T10:30:00Z")`, `profile@name EXISTS AND NOT profile@age = 1`,
	} {
		c := must(expr.Parse(text))
		for _, d := range []expr.Data{data, doc} {
			if n := testing.AllocsPerRun(100, func() {
				if ok, err := c.Eval(d); !ok || err != nil {
					t.Fatalf("%s: %v, %v", text, ok, err)
				}
			}); n != 0 {
				t.Errorf("%s on %T: %v allocations", text, d, n)
			}
		}
	}
}

func BenchmarkLeafEval(b *testing.B) {
	data := single{"Ada Lovelace"}
	number := single{36.0}
	doc := expr.Document(`{"id": "1234567890", "metadata": {"time": "2024-05-17T10:30:00Z"}, "name": "Ada Lovelace", "age": 36}`)
	for _, bench := range []struct {
		name, text string
		data       expr.Data
	}{
		{"text", `profile@name = "Ada Lovelace"`, data},
		{"number", `profile@age > 35`, number},
		{"wildcard", `profile@name = "Ada*ace"`, data},
		{"match", `profile@name ~ "love"`, data},
		{"in", `profile@name IN ["a", "b", "Ada Lovelace"]`, data},
		{"document", `profile@name = "Ada Lovelace"`, doc},
		{"date", `profile@metadata.time > datetime("2024-05-17T10:00:00Z")`, doc},
	} {
		b.Run(bench.name, func(b *testing.B) {
			l := must(expr.Parse(bench.text)).Root().(*expr.Leaf)
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := l.Eval(bench.data); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

// single answers every path with one value.
type single struct{ value any }

func (s single) Get(string, expr.Path) (any, bool) { return s.value, true }

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expr.Parse(`profile@stat.visits > 3 AND (event@type = "purchase" OR NOT event@type:order-*)`); err != nil {
			b.Fatal(err)
		}
	}
}
