package expr_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
)

// seeds are the conditions and documents of testdata/*.cond.
func seeds(f *testing.F) (conditions, documents []string) {
	files, err := filepath.Glob("testdata/*.cond")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			switch verb, rest, _ := strings.Cut(line, " "); strings.TrimSuffix(verb, "!") {
			case "true", "false":
				conditions = append(conditions, strings.TrimSpace(rest))
			case "data":
				documents = append(documents, rest)
			}
		}
	}
	return conditions, documents
}

func FuzzParse(f *testing.F) {
	conditions, _ := seeds(f)
	for _, c := range conditions {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (*expr.Condition, error){
			expr.Parse,
			func(text string) (*expr.Condition, error) { return expr.ParseSearch(text, "profile") },
		} {
			c, err := parse(text)
			if err != nil {
				checkPosition(t, text, err)
				continue
			}
			canonical := c.String()
			if len(canonical) > expr.MaxTextBytes {
				continue // quoting may lead over the limit
			}
			again, err := parse(canonical)
			if err != nil {
				t.Fatalf("%q is written %q: %v", text, canonical, err)
			}
			if diff := cmp.Diff(shape(c.Root()), shape(again.Root())); diff != "" {
				t.Fatalf("%q is written %q, another tree: %s", text, canonical, diff)
			}
		}
	})
}

func checkPosition(t *testing.T, text string, err error) {
	t.Helper()
	syntax, ok := errors.AsType[*expr.SyntaxError](err)
	if !ok {
		t.Fatalf("%q: %v is not a syntax error", text, err)
	}
	if syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Line < 1 || syntax.Column < 1 || (len(syntax.Expected) == 0 && syntax.Reason == "") {
		t.Fatalf("%q: bad position or no advice: %+v", text, syntax)
	}
}

func FuzzEval(f *testing.F) {
	conditions, documents := seeds(f)
	for i, c := range conditions {
		f.Add(c, []byte(documents[i%len(documents)]))
	}
	f.Add(`profile@a CONTAINS 1`, []byte(`{"a": [`))
	f.Fuzz(func(t *testing.T, text string, doc []byte) {
		c, err := expr.ParseSearch(text, "profile")
		if err != nil {
			return
		}
		want, _ := c.EvalAt(clock, expr.Document(doc))
		if bound, _ := c.At(clock).EvalAt(clock, expr.Document(doc)); bound != want {
			t.Fatalf("%q on %s: got %v with the time bound, want %v", c, doc, bound, want)
		}
		if again, err := expr.ParseSearch(c.String(), "profile"); err == nil {
			if got, _ := again.EvalAt(clock, expr.Document(doc)); got != want {
				t.Fatalf("%q on %s: got %v, want %v", again, doc, got, want)
			}
		}
		var tree map[string]any
		if json.Unmarshal(doc, &tree) != nil || strings.Contains(string(doc), `\u`) || !utf8.Valid(doc) || hasTwins(doc, tree) {
			return // readers may differ on what is not quite JSON
		}
		if got, _ := c.EvalAt(clock, expr.Objects{"": tree}); got != want {
			t.Fatalf("%q on decoded %s: got %v, want %v", c, doc, got, want)
		}
	})
}

// hasTwins tells whether a document gets shorter by decoding: a member that occurs twice is read by its first or last.
func hasTwins(doc []byte, tree map[string]any) bool {
	encoded, err := json.Marshal(tree)
	return err != nil || strings.Count(string(doc), `"`) > strings.Count(string(encoded), `"`)
}

func FuzzComplete(f *testing.F) {
	conditions, _ := seeds(f)
	for _, c := range conditions {
		f.Add(c, len(c)/2)
	}
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		c := expr.Complete(text, cursor)
		if c.From < 0 || c.From > c.To || c.To > len(text) {
			t.Fatalf("%q at %d: %+v", text, cursor, c)
		}
		if cursor >= 0 && cursor <= len(text) && utf8.ValidString(text) && (c.From > cursor || c.Kind != "" && c.To < cursor && utf8.RuneStart(text[cursor])) {
			t.Fatalf("%q: %+v does not touch the cursor %d", text, c, cursor)
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"a.b.0", `a["x y"][3].b`, "...", "some key", `["\ud800"]`, `a[""]`} {
		f.Add(s, []byte(document))
	}
	f.Fuzz(func(t *testing.T, text string, doc []byte) {
		p, err := expr.ParsePath(text)
		if err != nil {
			checkPosition(t, text, err)
			return
		}
		value, found := p.Find(doc)
		raw, foundRaw := p.FindRaw(doc)
		if found && !foundRaw {
			t.Fatalf("%q in %s: found %v but no text", text, doc, value)
		}
		if len(raw) > len(doc) {
			t.Fatalf("%q in %s: %s is longer than the document", text, doc, raw)
		}
		if len(p.String()) > 2048 {
			return
		}
		again, err := expr.ParsePath(p.String())
		if err != nil || !cmp.Equal(again.Steps(), p.Steps()) {
			t.Fatalf("%q is written %q, which reads back as %q, %v", text, p, again.Steps(), err)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"Dear {{ profile@name }}", "{{{profile@a.0}}}", `{{profile@["x y"]}}`, "{{ x }} {{event@...}}", "{{profile@a"} {
		f.Add(s, []byte(`{"name": "Ada", "a": [1]}`))
	}
	f.Fuzz(func(t *testing.T, text string, doc []byte) {
		parsed, err := expr.ParseTemplate(text)
		if err != nil {
			checkPosition(t, text, err)
			return
		}
		got, err := parsed.Render(expr.Document(doc))
		if _, missing := errors.AsType[*expr.MissingError](err); err != nil && !missing {
			t.Fatalf("%q on %s: %v", text, doc, err)
		}
		if len(parsed.Fields()) == 0 && got != text {
			t.Fatalf("%q without places became %q", text, got)
		}
	})
}

func FuzzReshape(f *testing.F) {
	for _, s := range []string{`{"a?": "profile@x", "b": ["event@y", null]}`, `"profile@..."`, "[\"`1.5`\"]", `{"a": 1, "a?": 2}`} {
		f.Add([]byte(s), []byte(`{"x": 0, "y": {"z": null}}`), true)
	}
	f.Fuzz(func(t *testing.T, template, doc []byte, omit bool) {
		var decoded any
		if json.Unmarshal(template, &decoded) != nil {
			return
		}
		r, err := expr.ParseReshape(decoded)
		if err != nil {
			return
		}
		got, err := r.Apply(expr.Document(doc), expr.ReshapeOptions{UseDefault: true, OmitNull: omit})
		if err != nil {
			t.Fatalf("%s on %s: %v, though there is a default", template, doc, err)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("%s on %s: %v is no JSON: %v", template, doc, got, err)
		}
	})
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"profile@a.b", "`profile@a`", "text", "`1.5`", "event@...", `memory@["x"]`, "flow@id"} {
		f.Add(s, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		r, err := expr.ParseReference(text)
		if err != nil {
			checkPosition(t, text, err)
			return
		}
		again, err := expr.ParseReference(r.String())
		if err != nil && len(r.String()) <= 2048 || err == nil && again.String() != r.String() {
			t.Fatalf("%q is written %q, which reads back as %q, %v", text, r, again, err)
		}
		data := expr.Objects{}
		if err := r.Set(data, []any{value}); err != nil {
			return
		}
		if got, err := r.Resolve(data); err != nil || !cmp.Equal(got, any([]any{value})) {
			t.Fatalf("%q: set %q, got %v, %v", text, value, got, err)
		}
	})
}

func FuzzCalculation(f *testing.F) {
	for _, s := range []string{"x = 1\nx + profile@a * -2 / (3 - x)", "a.b = 1\na.c = a.b", `profile@["x y"] = .5e-3`, "1/0", "profile@a-b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := expr.ParseCalculation(text)
		if err != nil {
			checkPosition(t, text, err)
			return
		}
		got, err := c.Run(expr.Objects{"profile": map[string]any{"a": 2.0}})
		if err != nil {
			return
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("%q: %v is no JSON: %v", text, got, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2024-05-17T10:30:00.5+02:00", "Fri, 17 May 2024 10:30:00 GMT", "2 days ago", "-1h30m", "May 17, 2024", "in 5 years"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := expr.ParseDate(text, clock, time.UTC)
		if err != nil {
			return
		}
		written := got.UTC().Format(time.RFC3339Nano)
		if again, err := expr.ParseDate(written, clock, time.UTC); err != nil || !again.Equal(got) {
			t.Fatalf("%q is %s, which reads back as %v, %v", text, written, again, err)
		}
	})
}
