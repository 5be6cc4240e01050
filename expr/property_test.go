package expr_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
)

// TestConditionProperties checks on random conditions and documents that the canonical text means the same, that
// documents and decoded data agree, and that computing now() beforehand changes nothing.
func TestConditionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := conditions(4).Draw(t, "condition")
		tree := documents().Draw(t, "document")
		doc, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		c, err := expr.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := expr.Parse(c.String())
		if err != nil || again.String() != c.String() {
			t.Fatalf("%s is written %s, which reads back as %v, %v", text, c, again, err)
		}
		if diff := gocmp.Diff(shape(c.Root()), shape(again.Root())); diff != "" {
			t.Fatalf("%s reads back as another tree: %s", c, diff)
		}
		want, wantProblem := c.EvalAt(clock, expr.Document(doc))
		for _, d := range []expr.Data{expr.Sources{"profile": doc}, expr.Objects{"profile": tree}} {
			for _, c := range []*expr.Condition{c, again, c.At(clock)} {
				got, problem := c.EvalAt(clock, d)
				if got != want || (problem == nil) != (wantProblem == nil) {
					t.Fatalf("%s on %T %s: got %v, %v; want %v, %v", c, d, doc, got, problem, want, wantProblem)
				}
			}
		}
		opposite, _ := must(expr.Parse("NOT ("+text+")")).EvalAt(clock, expr.Document(doc))
		if opposite == want {
			t.Fatalf("%s and its opposite are both %v on %s", text, want, doc)
		}
	})
}

// TestIndexHintsAgreeWithEval checks that a document fits a leaf exactly when its value fits what the leaf tells an index.
func TestIndexHintsAgreeWithEval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := expr.Parse(leaves().Draw(t, "leaf"))
		if err != nil {
			t.Fatal(err)
		}
		l, ok := c.At(clock).Root().(*expr.Leaf)
		if !ok {
			t.Skip("not a leaf")
		}
		tree := documents().Draw(t, "document")
		doc, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := l.Eval(expr.Document(doc))
		want := got
		if f, value, ok := l.Equals(); ok {
			found, _ := f.Path.Find(doc)
			want = found == value
		}
		if f, values, ok := l.OneOf(); ok {
			found, _ := f.Path.Find(doc)
			want = l.Op() == expr.Equal && gocmp.Equal(found, any(values))
			for _, v := range values {
				want = want || gocmp.Equal(found, v)
			}
		}
		if r, ok := l.Range(); ok {
			found, present := r.Field.Path.Find(doc)
			want = present && within(found, r)
		}
		if got != want {
			t.Fatalf("%s on %s: got %v, want %v", l, doc, got, want)
		}
	})
}

// within tells whether a value lies in the range.
func within(v any, r expr.Range) bool {
	if r.Min != nil {
		if sign, ok := order(v, r.Min); !ok || sign < 0 || sign == 0 && r.MinOpen {
			return false
		}
	}
	if r.Max != nil {
		if sign, ok := order(v, r.Max); !ok || sign > 0 || sign == 0 && r.MaxOpen {
			return false
		}
	}
	return true
}

// order compares a value of a document with an end of a range.
func order(v, end any) (sign int, ok bool) {
	switch end := end.(type) {
	case float64:
		n, ok := v.(float64)
		return cmp.Compare(n, end), ok
	case string:
		s, ok := v.(string)
		return cmp.Compare(s, end), ok
	case time.Time:
		t, ok := instant(v)
		return t.Compare(end), ok
	}
	return 0, false
}

func instant(v any) (time.Time, bool) {
	s, _ := v.(string)
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// shape describes a tree without looking into prepared data.
func shape(n expr.Node) any {
	switch n := n.(type) {
	case expr.And:
		return append([]any{"and"}, shapes(n.Nodes)...)
	case expr.Or:
		return append([]any{"or"}, shapes(n.Nodes)...)
	case expr.Not:
		return []any{"not", shape(n.Node)}
	case *expr.Leaf:
		return fmt.Sprintf("%v %#v %#v %#v", n.Op(), n.Left(), n.Right(), n.High())
	}
	return nil
}

func shapes(nodes []expr.Node) (all []any) {
	for _, n := range nodes {
		all = append(all, shape(n))
	}
	return all
}

// conditions draws texts of valid conditions.
func conditions(depth int) *rapid.Generator[string] {
	if depth == 0 {
		return leaves()
	}
	return rapid.Custom(func(t *rapid.T) string {
		inner := conditions(depth - 1)
		switch rapid.IntRange(0, 4).Draw(t, "node") {
		case 0:
			return inner.Draw(t, "left") + " AND " + inner.Draw(t, "right")
		case 1:
			return inner.Draw(t, "left") + " or\n" + inner.Draw(t, "right")
		case 2:
			return "NOT " + inner.Draw(t, "operand")
		case 3:
			return "( " + inner.Draw(t, "operand") + ")"
		}
		return leaves().Draw(t, "leaf")
	})
}

// leaves draws texts of valid comparisons.
func leaves() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		left := rapid.OneOf(fields(), fields(), calls()).Draw(t, "left")
		right := rapid.OneOf(constants(), constants(), fields(), calls())
		constant := constants()
		switch op := rapid.SampledFrom([]string{
			"=", "!=", ":", "<", "<=", ">", ">=", "~", "CONTAINS", "STARTS WITH", "ends with", "not contains",
			"IN", "NOT IN", "=[]", "group", "BETWEEN", "NOT BETWEEN", "IS NULL", "IS NOT NULL", "EMPTY", "NOT EMPTY", "EXISTS",
		}).Draw(t, "op"); op {
		case "IN", "NOT IN", "=[]":
			values := rapid.SliceOfN(constant, 0, 3).Draw(t, "values")
			return left + " " + strings.TrimSuffix(op, "[]") + " [" + strings.Join(values, ",") + "]"
		case "group":
			values := rapid.SliceOfN(right, 1, 3).Draw(t, "values")
			return left + ":(" + strings.Join(values, " or ") + ")"
		case "BETWEEN", "NOT BETWEEN":
			return left + " " + op + " " + right.Draw(t, "low") + " and " + right.Draw(t, "high")
		case "IS NULL", "IS NOT NULL", "EMPTY", "NOT EMPTY":
			return left + " " + op
		case "EXISTS":
			return fields().Draw(t, "field") + " " + op
		default:
			return left + " " + op + " " + right.Draw(t, "right")
		}
	})
}

func fields() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(stepNames(), 1, 3), func(steps []string) string {
		return "profile@" + pathOf(steps).String()
	})
}

func constants() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"NULL", "true", "FALSE", "0", "1", "-2.5", "1e21", `""`, `"a"`, "a", "A*", `"A\*"`, `"?*b"`, "1h", `"1"`, `"ünï\u0001\"\\"`, `"*"`,
		`"2024-05-17T10:30:00Z"`, "2024-05-17",
	})
}

func calls() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"now()", `now.offset("-1d")`, `now.timezone("Europe/Berlin")`, `datetime("2024-05-17")`, `datetime("yesterday")`, `lowercase("A*")`,
			`datetime.from_timestamp(0)`, `datetime.offset("2024-05-17", "1 month")`,
		}),
		rapid.Map(fields(), func(f string) string { return "lowercase(" + f + ")" }),
		rapid.Map(fields(), func(f string) string { return "datetime(" + f + ")" }),
		rapid.Map(fields(), func(f string) string { return "now.offset(" + f + ")" }),
	)
}
