package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/expr"
)

func TestTemplate(t *testing.T) {
	data := objects(t, `{"profile": {"name": "Ada", "n": 5, "half": 0.5, "vip": true, "none": null, "o": {"a": "<1>"}, "l": [1, "x"], "odd key": "k"}, "event": {"id": "e1"}}`)
	f := func(text, want string) {
		t.Helper()
		parsed, err := expr.ParseTemplate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got, err := parsed.Render(data); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
	f("", "")
	f("no places", "no places")
	f("Dear {{profile@name}}!", "Dear Ada!")
	f("{{ profile@name }}{{\n event@id\t}}", "Adae1")
	f("{{profile@n}} {{profile@half}} {{profile@vip}} {{profile@none}}", "5 0.5 true null")
	f("{{profile@o}} {{profile@l}} {{profile@l.1}}", `{"a":"<1>"} [1,"x"] x`)
	f(`{{profile@["odd key"]}}`, "k")
	f("{{event@...}}", `{"id":"e1"}`)
	f("{{ name }} {{ada@example.com}} {{context@x}} {{", "{{ name }} {{ada@example.com}} {{context@x}} {{")
	f("{{{profile@name}}}", "{Ada}")
	f("{{{{profile@name}}", "{{Ada")
	f("{{ {{profile@name}} }}", "{{ Ada }}")
	f("{ {profile@name}}", "{ {profile@name}}")

	parsed, err := expr.ParseTemplate("{{profile@name}} {{event@id}}")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(parsed.Fields()); got != "[profile@name event@id]" {
		t.Errorf("fields: %s", got)
	}
}

func TestTemplateErrors(t *testing.T) {
	f := func(text string, offset int, want string) {
		t.Helper()
		_, err := expr.ParseTemplate(text)
		checkSyntaxError(t, text, err, offset, "", want)
	}
	f("a {{profile@}} b", 12, "expected a name")
	f("a {{profile@a b}} b", 14, `expected "}}"`)
	f("a {{profile@a", 13, `expected "}}"`)
	f("a\n{{ profile@a. }}", 15, "line 2, column 14")
	f("a \xff", 2, "the text is not valid UTF-8")
	f(strings.Repeat("a", expr.MaxTemplateBytes+1), expr.MaxTemplateBytes, "a template has at most 1048576 bytes")

	parsed, err := expr.ParseTemplate("one\n{{profile@a\n}}{{profile@a}} \n {{ profile@x.y }}")
	if err != nil {
		t.Fatal(err)
	}
	_, err = parsed.Render(expr.Sources{"profile": []byte(`{"a": 1}`)})
	missing, ok := errors.AsType[*expr.MissingError](err)
	if !ok || missing.Field.String() != "profile@x.y" || err.Error() != "template, line 4: profile@x.y is missing in the data" {
		t.Errorf("got %v", err)
	}
	_, err = parsed.Render(typed{"a": func() {}})
	if err == nil || !strings.Contains(err.Error(), "template, line 2: profile@a: json") {
		t.Errorf("a value that is no JSON: got %v", err)
	}
}
