package expr_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
)

func TestParsePath(t *testing.T) {
	f := func(text, canonical string, steps ...string) {
		t.Helper()
		p, err := expr.ParsePath(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if p.String() != canonical || !cmp.Equal(p.Steps(), steps) {
			t.Errorf("%s: got %s with steps %q, want %s with %q", text, p, p.Steps(), canonical, steps)
		}
	}
	f("a", "a", "a")
	f("a.b-c.0", "a.b-c.0", "a", "b-c", "0")
	f("a[0].b", "a.0.b", "a", "0", "b")
	f(`a["x.y"]["z"].b`, `a["x.y"].z.b`, "a", "x.y", "z", "b")
	f("some key.x:y", `["some key"]["x:y"]`, "some key", "x:y")
	f(`["\u0041\""]`, `["A\""]`, `A"`)
	f("naïve.日本", "naïve.日本", "naïve", "日本")
	f("a.*.#.@this|b", `a["*"]["#"]["@this|b"]`, "a", "*", "#", "@this|b")
	f("...", "...")
}

func TestParsePathErrors(t *testing.T) {
	f := func(text string, offset int, want string) {
		t.Helper()
		_, err := expr.ParsePath(text)
		checkSyntaxError(t, text, err, offset, "", want)
	}
	f("", 0, `found end of text, expected a name or ["any text"]`)
	f(".a", 0, "expected a name")
	f("a.", 2, "expected a name")
	f("a..b", 2, "expected a name")
	f("a]", 1, `expected ".", "[" or end of path`)
	f(`a"b"`, 1, `expected ".", "["`)
	f("a. b", 2, `the name " b" begins or ends with a blank`)
	f("a\x00", 1, `expected ".", "["`)
	f("a\xff", 1, "the path is not valid UTF-8")
	f("a[\"\xff\"]", 3, "the path is not valid UTF-8")
	f("a[", 2, "expected a quoted name or a number")
	f(strings.Repeat("a.", 2000), 2048, "a path has at most 2048 bytes")
}

func TestJoin(t *testing.T) {
	base := expr.MustPath("consents")
	for name, want := range map[string]string{"mail": "consents.mail", "e.mail": `consents["e.mail"]`, `a"b`: `consents["a\"b"]`} {
		joined := base.Join(name)
		if joined.String() != want || base.String() != "consents" {
			t.Errorf("%s: got %v beside %v", name, joined, base)
		}
		if again, err := expr.ParsePath(joined.String()); err != nil || !slices.Equal(again.Steps(), joined.Steps()) {
			t.Errorf("%s is read back as %v, %v", joined, again, err)
		}
	}
}

func TestMustPathPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustPath took a bad path")
		}
	}()
	expr.MustPath("a..b")
}

const document = ` {"a": {"b": [1, {"c": "x\ny"}, null], "": 5, "x.y": {"z": true}, "#": 7, "0": "zero", "007": 8, "*": 9, "q\"": 10, "": 11},
 "n": null, "big": 12345678901234567890, "e": 1e3, "s": "caf\u00e9 \ud83d\ude00", "o": {}, "l": [], "é": {"日": 1}, "a:b": 2, "t": false } `

func TestFind(t *testing.T) {
	f := func(path string, want any) {
		t.Helper()
		got, ok := expr.MustPath(path).Find([]byte(document))
		if !ok || !cmp.Equal(got, want) {
			t.Errorf("%s: got %v, %v; want %v", path, got, ok, want)
		}
	}
	f("a.b", []any{1.0, map[string]any{"c": "x\ny"}, nil})
	f("a.b.0", 1.0)
	f("a.b.1.c", "x\ny")
	f("a.b.2", nil)
	f(`a["x.y"].z`, true)
	f(`a["#"]`, 7.0)
	f("a.0", "zero")
	f("a.007", 8.0)
	f(`a["*"]`, 9.0)
	f(`a["q\""]`, 10.0)
	f("n", nil)
	f("big", 12345678901234567890.0)
	f("e", 1000.0)
	f("s", "café 😀")
	f("o", map[string]any{})
	f("l", []any{})
	f("é.日", 1.0)
	f("a:b", 2.0)
	f("t", false)

	absent := func(doc, path string) {
		t.Helper()
		if got, ok := expr.MustPath(path).Find([]byte(doc)); ok {
			t.Errorf("%s in %s: got %v, want nothing", path, doc, got)
		}
	}
	for _, path := range []string{
		"x", "a.x", "a.b.3", "a.b.x", "a.b.00", `a.b["#"]`, `a.b["#(c==1)"]`, "a.b.999999999999999999999",
		"a.b.18446744073709551616", "n.x", "e.0", "s.0", `["@this"]`, `["a.b"]`, "l.0", "a.b.-1",
	} {
		if path == "a.b.-1" {
			path = `a.b["-1"]`
		}
		absent(document, path)
	}
	absent(``, "a")
	absent(``, "...")
	absent(`"{\"a\":1}"`, "a")
	absent(`17`, "a")
	if got, ok := expr.MustPath("...").Find([]byte(` [1] `)); !ok || !cmp.Equal(got, []any{1.0}) {
		t.Errorf("whole document: got %v, %v", got, ok)
	}
	if got, ok := expr.MustPath("...").Find([]byte(`"x"`)); !ok || got != "x" {
		t.Errorf("whole document: got %v, %v", got, ok)
	}
}

func TestFindRawIsPartOfTheDocument(t *testing.T) {
	doc := []byte(document)
	f := func(path, want string) {
		t.Helper()
		raw, ok := expr.MustPath(path).FindRaw(doc)
		if !ok || string(raw) != want {
			t.Errorf("%s: got %s, %v; want %s", path, raw, ok, want)
			return
		}
		if at := strings.Index(document, want); &raw[0] != &doc[at] {
			t.Errorf("%s: the text is a copy", path)
		}
	}
	f("a.b", `[1, {"c": "x\ny"}, null]`)
	f("a.b.2", `null`)
	f(`a["x.y"]`, `{"z": true}`)
	f("s", `"caf\u00e9 \ud83d\ude00"`)
	if _, ok := expr.MustPath("missing").FindRaw(doc); ok {
		t.Error("found what is not there")
	}
}

func TestFoundTextDoesNotReferToTheDocument(t *testing.T) {
	doc := []byte(`{"a": "text"}`)
	got, _ := expr.MustPath("a").Find(doc)
	copy(doc, strings.Repeat("X", len(doc)))
	if got != "text" {
		t.Errorf("got %q, want %q", got, "text")
	}
}

func TestDeepDocumentIsRefusedNotFatal(t *testing.T) {
	doc := []byte(`{"a": ` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + `}`)
	if _, ok := expr.MustPath("a").Find(doc); ok {
		t.Error("a million lists inside each other were decoded")
	}
	if ok, _ := must(expr.Parse(`profile@a CONTAINS 1`)).Eval(expr.Document(doc)); ok {
		t.Error("found in a list that cannot be decoded")
	}
}

// TestFindAgreesWithDecoding compares reading in place with decoding, for all paths of random documents and others.
func TestFindAgreesWithDecoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := documents().Draw(t, "document")
		doc, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		steps := rapid.SliceOfN(stepNames(), 1, 4).Draw(t, "steps")
		path := pathOf(steps)
		want, wantOK := walk(tree, steps)
		got, ok := path.Find(doc)
		if ok != wantOK || !cmp.Equal(got, want) {
			t.Fatalf("%s in %s: got %v, %v; want %v, %v", path, doc, got, ok, want, wantOK)
		}
		if value, ok := (expr.Objects{"profile": tree}).Get("profile", path); ok != wantOK || !cmp.Equal(value, want) {
			t.Fatalf("%s in decoded %s: got %v, %v; want %v, %v", path, doc, value, ok, want, wantOK)
		}
		again, err := expr.ParsePath(path.String())
		if err != nil || !cmp.Equal(again.Steps(), steps) {
			t.Fatalf("%s reads back as %q, %v", path, again.Steps(), err)
		}
	})
}

// walk looks up a path in decoded data the slow and plain way.
func walk(v any, steps []string) (any, bool) {
	if len(steps) == 0 {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		if member, ok := v[steps[0]]; ok {
			return walk(member, steps[1:])
		}
	case []any:
		for i, element := range v {
			if digits, _ := json.Marshal(i); string(digits) == steps[0] {
				return walk(element, steps[1:])
			}
		}
	}
	return nil, false
}

// pathOf is the path of the steps.
func pathOf(steps []string) expr.Path {
	var b strings.Builder
	for _, step := range steps {
		quoted, _ := json.Marshal(step)
		b.WriteString("[" + string(quoted) + "]")
	}
	return expr.MustPath(b.String())
}

// stepNames draws names that collide often, with signs that mean something to paths.
func stepNames() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"a", "b", "0", "1", "01", "2", "x.y", "#", "*", "?", "@this", "a b", "\"", "\\", "[", "]", "é", "\n", "|", "!", "..", "a:b", ":1", "not", "A",
	})
}

// documents draws JSON objects.
func documents() *rapid.Generator[any] {
	return rapid.Map(rapid.MapOfN(stepNames(), values(3), 0, 5), func(m map[string]any) any { return m })
}

// values draws JSON values with at most the given depth.
func values(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.SampledFrom([]any{nil, true, false, 0.0, 1.0, -2.5, 1e21, "", "a", "ab", "A*", "1", "ünï\u0001\"\\", "2024-05-17T10:30:00Z", "2024-05-17"}),
	}
	if depth == 0 {
		return scalars[0]
	}
	return rapid.OneOf(
		scalars[0],
		rapid.Map(rapid.SliceOfN(values(depth-1), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(stepNames(), values(depth-1), 0, 3), func(m map[string]any) any { return m }),
	)
}

func must(c *expr.Condition, err error) *expr.Condition {
	if err != nil {
		panic(err)
	}
	return c
}
