package expr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
)

func decode(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestReshape(t *testing.T) {
	data := objects(t, `{"profile": {"name": "Ada", "age": "36", "none": null, "zero": 0, "no": false, "blank": "", "l": [1], "o": {}}, "event": {"id": "e1"}}`)
	f := func(template string, o expr.ReshapeOptions, want string) {
		t.Helper()
		r, err := expr.ParseReshape(decode(t, template))
		if err != nil {
			t.Errorf("%s: %v", template, err)
			return
		}
		got, err := r.Apply(data, o)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			return
		}
		if diff := cmp.Diff(decode(t, want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", template, diff)
		}
	}
	plain := expr.ReshapeOptions{}
	f(`{"a": "profile@name", "b": {"c": ["event@id", 1, true, null, "text"]}}`, plain, `{"a": "Ada", "b": {"c": ["e1", 1, true, null, "text"]}}`)
	f("{\"a\": \"`profile@age`\", \"b\": \"`true`\", \"x.y\": \"profile@l\"}", plain, `{"a": 36, "b": true, "x.y": [1]}`)
	f(`{"a": [], "b": {}, "c": "profile@none"}`, plain, `{"a": [], "b": {}, "c": null}`)
	f(`[]`, plain, `[]`)
	f(`null`, plain, `null`)
	f(`5`, plain, `5`)
	f(`"profile@l"`, plain, `[1]`)
	f(`"event@..."`, plain, `{"id": "e1"}`)

	// Optional keys.
	f(`{"a?": "profile@name", "b?": "profile@missing", "c?": "profile@none", "d?": "profile@zero", "e?": "profile@no", "f?": "profile@blank", "g?": [], "h?": "profile@o"}`,
		plain, `{"a": "Ada"}`)
	f(`{"a?": {"x": "profile@missing", "y": "profile@name", "z": "profile@zero"}, "b?": {"x": "profile@missing"}, "c?": ["profile@missing", 1]}`,
		plain, `{"a": {"y": "Ada", "z": 0}, "c": [1]}`)
	f(`{"?": 1, "a??": 2}`, plain, `{"?": 1, "a?": 2}`)

	// Defaults.
	null := expr.ReshapeOptions{UseDefault: true}
	f(`{"a": "profile@missing", "b": ["profile@missing"], "c?": "profile@missing", "d": "profile@name"}`, null, `{"a": null, "b": [null], "d": "Ada"}`)
	f(`{"a": "profile@missing", "b": "profile@none"}`, expr.ReshapeOptions{UseDefault: true, Default: []any{}}, `{"a": [], "b": null}`)
	f(`"profile@missing"`, null, `null`)

	// Without null.
	f(`{"a": "profile@none", "b": "profile@missing", "c": [null, 1, "profile@missing"], "d": {"x": null}}`,
		expr.ReshapeOptions{UseDefault: true, OmitNull: true}, `{"c": [1], "d": {}}`)
}

func TestReshapeErrors(t *testing.T) {
	f := func(template any, want string) {
		t.Helper()
		_, err := expr.ParseReshape(template)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", template, err, want)
		}
	}
	f(decode(t, `{"a": {"b c": ["x", "profile@a..b"]}}`), `reshape template, a["b c"].1: line 1, column 11: found ".b", expected a name`)
	f(decode(t, `{"a": 1, "a?": 2}`), `reshape template: the keys "a" and "a?" are the same`)
	f(map[string]any{"a": struct{}{}}, `reshape template, a: it is no JSON value`)
	f(decode(t, strings.Repeat("[", 200)+strings.Repeat("]", 200)), "more than 100 values inside each other")
	f(make([]any, 20_000), "more than 10000 values")

	r, err := expr.ParseReshape(decode(t, `{"a": "profile@x.y", "b?": "event@z"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Apply(expr.Objects{}, expr.ReshapeOptions{})
	if missing, ok := errors.AsType[*expr.MissingError](err); !ok || missing.Field.String() != "profile@x.y" {
		t.Errorf("got %v", err)
	}
	if got := fmt.Sprint(r.Fields()); got != "[profile@x.y event@z]" {
		t.Errorf("fields: %s", got)
	}
}

func TestReshapeSharesNothing(t *testing.T) {
	data := objects(t, `{"profile": {"o": {"a": 1}}}`)
	fallback := map[string]any{"a": 1.0}
	r, err := expr.ParseReshape(decode(t, `{"o": "profile@o", "d": "profile@missing"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Apply(data, expr.ReshapeOptions{UseDefault: true, Default: fallback})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"o", "d"} {
		got.(map[string]any)[key].(map[string]any)["a"] = 2.0
	}
	if diff := cmp.Diff(objects(t, `{"profile": {"o": {"a": 1}}}`), data); diff != "" || fallback["a"] != 1.0 {
		t.Errorf("changing the result changed the data or the default: %s", diff)
	}
}
