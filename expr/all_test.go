package expr_test

import (
	"testing"

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
