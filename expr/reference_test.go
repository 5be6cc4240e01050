package expr_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
)

// objects decodes documents by source.
func objects(t testing.TB, text string) expr.Objects {
	t.Helper()
	var o expr.Objects
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func reference(t testing.TB, text string) expr.Reference {
	t.Helper()
	r, err := expr.ParseReference(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

const twoSources = `{"profile": {"name": "Ada", "age": "36", "rate": "1.5", "vip": "True", "none": null, "n": 5, "odd key": {"x.y": 1}, "l": [1, {"a": 2}]}, "event": {"type": "view"}}`

func TestResolve(t *testing.T) {
	data := objects(t, twoSources)
	f := func(text string, want any) {
		t.Helper()
		r := reference(t, text)
		if got, err := r.Resolve(data); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: got %#v, %v; want %#v", text, got, err, want)
		}
		if r.String() != text {
			t.Errorf("%s: is written %s", text, r)
		}
	}
	f("profile@name", "Ada")
	f("profile@none", nil)
	f("profile@l.1.a", 2.0)
	f("event@...", map[string]any{"type": "view"})
	f(`profile@["odd key"]["x.y"]`, 1.0)

	// Texts that stand for themselves.
	f("", "")
	f("Ada", "Ada")
	f("ada@example.com", "ada@example.com")
	f("context@x", "context@x")
	f("Profile@name", "Profile@name")
	f("the profile@name", "the profile@name")
	f("`", "`")

	// Casts.
	f("profile@age", "36")
	f("`profile@age`", 36.0)
	f("`profile@rate`", 1.5)
	f("`profile@vip`", true)
	f("`profile@name`", "Ada")
	f("`profile@n`", 5.0)
	f("`true`", true)
	f("`False`", false)
	f("`null`", nil)
	f("`None`", nil)
	f("`12`", 12.0)
	f("`-1.50`", -1.5)
	f("`1.2.3`", "1.2.3")
	f("`.`", ".")
	f("``", "")
	f("`1e5`", "1e5")
	f("`x", "`x")

	if got, err := reference(t, "profile@odd key.[\"x.y\"]").Resolve(data); err != nil || got != 1.0 {
		t.Errorf("key with a blank: got %v, %v", got, err)
	}
}

func TestResolveMissing(t *testing.T) {
	for _, text := range []string{"profile@x", "`profile@name.x`", "memory@a", "session@..."} {
		_, err := reference(t, text).Resolve(objects(t, twoSources))
		missing, ok := errors.AsType[*expr.MissingError](err)
		if want := strings.Trim(text, "`"); !ok || missing.Field.String() != want || err.Error() != want+" is missing in the data" {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestReferenceErrors(t *testing.T) {
	f := func(text string, offset int, want string) {
		t.Helper()
		_, err := expr.ParseReference(text)
		checkSyntaxError(t, text, err, offset, "", want)
	}
	f("profile@", 8, "expected a name")
	f("profile@a..b", 10, "expected a name")
	f("`profile@a..b`", 11, "expected a name")
	f("profile@ a", 8, `the name " a" begins or ends with a blank`)
	f("profile@a]", 9, `expected ".", "[" or end of path`)
}

func TestResolvedValuesAreCopies(t *testing.T) {
	data := objects(t, `{"profile": {"o": {"l": [1]}}}`)
	got, err := reference(t, "profile@o").Resolve(data)
	if err != nil {
		t.Fatal(err)
	}
	got.(map[string]any)["l"].([]any)[0] = 2.0
	if diff := cmp.Diff(objects(t, `{"profile": {"o": {"l": [1]}}}`), data); diff != "" {
		t.Error(diff)
	}
}

func TestSetAndDelete(t *testing.T) {
	set := func(text string, value any, before, after string) {
		t.Helper()
		data := objects(t, before)
		if err := reference(t, text).Set(data, value); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(objects(t, after), data); diff != "" {
			t.Errorf("%s = %v (-want +got):\n%s", text, value, diff)
		}
	}
	set("profile@a", 1.0, `{}`, `{"profile": {"a": 1}}`)
	set("profile@a.b.c", "x", `{"profile": {"z": 1}}`, `{"profile": {"z": 1, "a": {"b": {"c": "x"}}}}`)
	set("profile@a.b", "x", `{"profile": {"a": null}}`, `{"profile": {"a": {"b": "x"}}}`)
	set("profile@a.1", "x", `{"profile": {"a": [1, 2, 3]}}`, `{"profile": {"a": [1, "x", 3]}}`)
	set("profile@a.1", "x", `{"profile": {"a": [1]}}`, `{"profile": {"a": [1, "x"]}}`)
	set("profile@a.0.b", "x", `{"profile": {"a": [{"c": 1}]}}`, `{"profile": {"a": [{"b": "x", "c": 1}]}}`)
	set("profile@a.0.b", "x", `{"profile": {"a": []}}`, `{"profile": {"a": [{"b": "x"}]}}`)
	set("payload@...", map[string]any{"a": 1.0}, `{"payload": {"b": 2}}`, `{"payload": {"a": 1}}`)
	set("memory@a", "profile@b", `{"profile": {"b": [1]}}`, `{"profile": {"b": [1]}, "memory": {"a": [1]}}`)
	set("memory@a", "`5`", `{}`, `{"memory": {"a": 5}}`)
	set("memory@a", []any{"profile@b"}, `{}`, `{"memory": {"a": ["profile@b"]}}`)
	set("memory@a", nil, `{}`, `{"memory": {"a": null}}`)

	remove := func(text, before, after string) {
		t.Helper()
		data := objects(t, before)
		if err := reference(t, text).Delete(data); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(objects(t, after), data); diff != "" {
			t.Errorf("delete %s (-want +got):\n%s", text, diff)
		}
	}
	remove("profile@a.b", `{"profile": {"a": {"b": 1, "c": 2}}}`, `{"profile": {"a": {"c": 2}}}`)
	remove("profile@a.1", `{"profile": {"a": [1, 2, 3]}}`, `{"profile": {"a": [1, 3]}}`)
	remove("profile@a.1.x", `{"profile": {"a": [1, {"x": 2}]}}`, `{"profile": {"a": [1, {}]}}`)
	remove("profile@a.b.c", `{"profile": {"a": {"b": 1}}}`, `{"profile": {"a": {"b": 1}}}`)
	remove("profile@x.y", `{"profile": {"a": 1}}`, `{"profile": {"a": 1}}`)
	remove("profile@a.7", `{"profile": {"a": [1]}}`, `{"profile": {"a": [1]}}`)
	remove("memory@x", `{"profile": {}}`, `{"profile": {}}`)
	remove("profile@...", `{"profile": {"a": 1}}`, `{"profile": {}}`)
}

func TestSetAndDeleteErrors(t *testing.T) {
	f := func(text string, value any, want string) {
		t.Helper()
		data := objects(t, `{"profile": {"a": "x", "l": [1]}}`)
		err := reference(t, text).Set(data, value)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s = %v: got %v, want %q", text, value, err, want)
		}
		if diff := cmp.Diff(objects(t, `{"profile": {"a": "x", "l": [1]}}`), data); diff != "" {
			t.Errorf("%s: the data has changed: %s", text, diff)
		}
	}
	f("flow@id", 1.0, "cannot write to flow@id: flow can only be read")
	f("name", 1.0, `cannot write to "name": a place is written source@path`)
	f("profile@a.b", 1.0, `set profile@a.b: "b" cannot be put into a text`)
	f("profile@l.b", 1.0, `"b" is no position in a list of 1`)
	f("profile@l.5", 1.0, `"5" is no position in a list of 1`)
	f("profile@l.0.x", 1.0, `"x" cannot be put into a number`)
	f("profile@b", "profile@missing", "profile@missing is missing in the data")
	f("profile@b", "profile@a..b", "expected a name")
	for _, text := range []string{"flow@id", "name"} {
		if err := reference(t, text).Delete(expr.Objects{}); err == nil {
			t.Errorf("%s was deleted", text)
		}
	}
}

// TestSetThenGet checks that what is set is found, and that nothing is left after deleting it.
func TestSetThenGet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := expr.Objects{"profile": documents().Draw(t, "document")}
		value := values(2).Draw(t, "value")
		path := pathOf(rapid.SliceOfN(stepNames(), 1, 4).Draw(t, "steps"))
		if err := data.Set("profile", path, value); err != nil {
			return
		}
		if got, ok := data.Get("profile", path); !ok || !cmp.Equal(got, value) {
			t.Fatalf("%s: got %v, %v; want %v", path, got, ok, value)
		}
		parent := path.Steps()[:len(path.Steps())-1]
		before, _ := walk(data["profile"], parent)
		size := length(before)
		if err := data.Delete("profile", path); err != nil {
			t.Fatal(err)
		}
		if after, _ := walk(data["profile"], parent); length(after) != size-1 {
			t.Fatalf("%s: %d members before, %d after deleting", path, size, length(after))
		}
	})
}

func length(v any) int {
	switch v := v.(type) {
	case map[string]any:
		return len(v)
	case []any:
		return len(v)
	}
	return -1
}
