package expr_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

func TestAll(t *testing.T) {
	f := func(want string, texts ...string) {
		t.Helper()
		conditions := []*expr.Condition{nil}
		for _, text := range texts {
			c, err := expr.ParseSearch(text, "event")
			if err != nil {
				t.Fatal(err)
			}
			conditions = append(conditions, c)
		}
		if got := expr.All(conditions...).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f("")
	f("", "", " ")
	f("a = 1", "", "a = 1")
	f("a = 1 AND b = 2", "a = 1", "b = 2")
	f("a = 1 AND b = 2 AND c = 3", "a = 1 AND b = 2", "c = 3")
	f("(a = 1 OR b = 2) AND c = 3", "a = 1 OR b = 2", "c = 3")
	f("NOT a = 1 AND c = 3", "NOT a = 1", "", "c = 3")
}

func TestConditionsOnOneField(t *testing.T) {
	path := expr.MustPath("a.b")
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	signs := `*?\" AND x`
	for _, c := range []struct {
		condition *expr.Condition
		text      string
		doc       string
		want      bool
	}{
		{expr.OneOf(path, "x", signs), `a.b IN ["x", "*?\\\" AND x"]`, `{"a":{"b":"*?\\\" AND x"}}`, true},
		{expr.OneOf(path, "x", signs), `a.b IN ["x", "*?\\\" AND x"]`, `{"a":{"b":"zzz?\\\" AND x"}}`, false},
		{expr.OneOf(path), `a.b IN []`, `{"a":{"b":"x"}}`, false},
		{expr.Holds(path, signs), `a.b CONTAINS "*?\\\" AND x"`, `{"a":{"b":["x","*?\\\" AND x"]}}`, true},
		{expr.Holds(path, signs), `a.b CONTAINS "*?\\\" AND x"`, `{"a":{"b":["x"]}}`, false},
		{expr.Before(path, noon), `a.b < datetime("2026-03-14T12:00:00Z")`, `{"a":{"b":"2026-03-14T12:59:59.999+01:00"}}`, true},
		{expr.Before(path, noon), `a.b < datetime("2026-03-14T12:00:00Z")`, `{"a":{"b":"2026-03-14T12:00:00Z"}}`, false},
		{expr.Before(path, noon), `a.b < datetime("2026-03-14T12:00:00Z")`, `{"a":{}}`, false},
	} {
		if got := c.condition.String(); got != c.text {
			t.Errorf("got %s, want %s", got, c.text)
		}
		if parsed, err := expr.ParseSearch(c.condition.String(), "event"); err != nil || parsed.String() != c.text {
			t.Errorf("%s reads as %v (%v)", c.text, parsed, err)
		}
		if got, err := c.condition.Eval(expr.Document(c.doc)); got != c.want {
			t.Errorf("%s on %s: got %v, want %v (%v)", c.text, c.doc, got, c.want, err)
		}
	}
}
