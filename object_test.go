package tracardi_test

import (
	"encoding/json"
	"flag"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestObjectGet(t *testing.T) {
	text := `{"a":{"b.c":[1,{"d":null}],"*":"star"},"big":9007199254740993,"e":1e300,"huge":1e999,"é\n":"\u00e9","list":[],"":"empty"}`
	f := func(want any, found bool, path ...string) {
		t.Helper()
		raw := tracardi.RawObject(text)
		tree := tracardi.RawObject(text)
		tree.Map()
		for name, object := range map[string]*tracardi.Object{"text": &raw, "tree": &tree} {
			got, ok := object.Get(path...)
			if diff := cmp.Diff(want, got); diff != "" || ok != found {
				t.Errorf("%s %q: got %v, %v, want %v, %v", name, path, got, ok, want, found)
			}
		}
	}
	f(1.0, true, "a", "b.c", "0")
	f(nil, true, "a", "b.c", "1", "d")
	f(nil, false, "a", "b.c", "2")
	f(nil, false, "a", "b.c", "-1")
	f(nil, false, "a", "b.c", "x")
	f("star", true, "a", "*")
	f(json.Number("1e999"), true, "huge")
	f(nil, false, "*")
	f(nil, false, "a", "*", "more")
	f(json.Number("9007199254740993"), true, "big")
	f(1e300, true, "e")
	f("é", true, "é\n")
	f("empty", true, "")
	f([]any{}, true, "list")
	f(map[string]any{"b.c": []any{1.0, map[string]any{"d": nil}}, "*": "star"}, true, "a")
}

func TestObjectChanges(t *testing.T) {
	object := tracardi.RawObject(`{"a":{"b":1},"c":"text"}`)
	copied := object.Clone()
	object.Set(2.0, "a", "x", "y")
	object.Set(true, "c", "d")
	if !object.Delete("a", "b") || object.Delete("a", "b") || object.Delete("no", "such") {
		t.Error("delete tells wrongly what was there")
	}
	second := object.Clone()
	second.Set("changed", "a", "x", "y")
	if got, want := string(object.AppendJSON(nil)), `{"a":{"x":{"y":2}},"c":{"d":true}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(copied.AppendJSON(nil)), `{"a":{"b":1},"c":"text"}`; got != want {
		t.Errorf("copy: got %s, want %s", got, want)
	}
	object.Merge(tracardi.RawObject(`{"a":null,"z":[]}`))
	object.Merge(tracardi.Object{})
	if got, want := string(object.AppendJSON(nil)), `{"a":null,"c":{"d":true},"z":[]}`; got != want {
		t.Errorf("merged: got %s, want %s", got, want)
	}
	var empty tracardi.Object
	empty.Merge(object)
	object.Set(1.0, "c")
	if got, want := empty.Text("c", "d"), ""; got != want || empty.Empty() {
		t.Errorf("got %q, want %q", got, want)
	}
	if part := empty.Object("c"); string(part.AppendJSON(nil)) != `{"d":true}` {
		t.Error("merging shared the content")
	}
}

func TestObjectUnmarshal(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		var object tracardi.Object
		err := json.Unmarshal([]byte(text), &object)
		if got := string(object.AppendJSON(nil)); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	f(`null`, `{}`)
	f(`{}`, `{}`)
	f(`{"a": 1}`, `{"a": 1}`)
	for _, text := range []string{`[]`, `"text"`, `1`, `true`} {
		var object tracardi.Object
		if err := json.Unmarshal([]byte(text), &object); tracardi.KindOf(err) != tracardi.Invalid {
			t.Errorf("%s: got %v, want an error", text, err)
		}
	}
}

func TestNumbersAreWrittenAsShortAsTheyCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Float64Range(-1e9, 1e9), rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.Int64Range(-1e16, 1e16).Draw(t, "digits")) / math.Pow10(rapid.IntRange(1, 9).Draw(t, "decimals"))
		})).Draw(t, "number")
		want := strconv.FormatFloat(n, 'f', -1, 64)
		if n == 0 {
			want = "0" // also for the negative one
		}
		if got := string(tracardi.AppendValue(nil, n)); got != want && !strings.Contains(got, "e") {
			t.Fatalf("got %s, want %s", got, want)
		}
	})
}

func TestAppendValue(t *testing.T) {
	f := func(value any, want string) {
		t.Helper()
		if got := string(tracardi.AppendValue(nil, value)); got != want {
			t.Errorf("%v: got %s, want %s", value, got, want)
		}
	}
	f(nil, `null`)
	f("a\"b\\c\n\u2028<é\xff", `"a\"b\\c\n`+"\u2028"+`<é`+"\ufffd"+`"`)
	f(1e21, `1e+21`)
	f(-5.0, `-5`)
	f(0.1, `0.1`)
	f(math.Inf(-1), `null`)
	f(7, `7`)
	f(json.Number("12345678901234567890"), `12345678901234567890`)
	f([]string{"a", "b"}, `["a","b"]`)
	f([]any{}, `[]`)
	f(map[string]any{"b": []any{nil, true}, "a": map[string]any{}}, `{"a":{},"b":[null,true]}`)
	f(struct {
		A int `json:"a"`
	}{1}, `{"a":1}`)
	f(make(chan int), `null`)
	f(time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 3600)), `"2026-01-02T02:04:05.000006Z"`)
	f(time.Date(12026, 1, 2, 3, 4, 5, 6, time.UTC), `null`)
}

func TestTimesRoundTripAndSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.UnixMicro(rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "a"))
		b := time.UnixMicro(rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "b"))
		textA, textB := string(tracardi.AppendTime(nil, a)), string(tracardi.AppendTime(nil, b))
		if a.Before(b) != (textA < textB) {
			t.Fatalf("order of %s and %s", textA, textB)
		}
		again, err := tracardi.ParseTime(textA[1 : len(textA)-1])
		if err != nil || !again.Equal(a) {
			t.Fatalf("got %v, %v, want %v", again, err, a)
		}
	})
}

func TestParseTime(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		got, err := tracardi.ParseTime(text)
		if want == "" {
			if tracardi.KindOf(err) != tracardi.Invalid {
				t.Errorf("%q: got %v, %v, want an error", text, got, err)
			}
			return
		}
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
	f("2026-01-31T15:04:05Z", "2026-01-31T15:04:05Z")
	f("2026-01-31T15:04:05.123456+02:00", "2026-01-31T13:04:05.123456Z")
	f("2026-01-31T15:04:05.5", "2026-01-31T15:04:05.5Z")
	f("2026-01-31 15:04:05", "2026-01-31T15:04:05Z")
	f("2026-01-31 15:04:05+01:00", "2026-01-31T14:04:05Z")
	f("2026-01-31", "2026-01-31T00:00:00Z")
	f("", "")
	f("now", "")
	f("2026-02-30", "")
}

// TestDecodedObjectIsItsText proves that decoding and writing again keeps every value.
func TestDecodedObjectIsItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := rapid.MapOfN(anyKey, anyValue(3), 0, 4).Draw(t, "tree")
		text := tracardi.AppendValue(nil, tree)
		object := tracardi.RawObject(string(text))
		if diff := cmp.Diff(tree, object.Map()); diff != "" {
			t.Fatal(diff)
		}
		if got := string(object.AppendJSON(nil)); got != string(text) {
			t.Fatalf("got %s, want %s", got, text)
		}
	})
}

// FuzzObject holds the decoder to encoding/json's reading of the same text.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2,{"b":null}],"c":"\ud83d\ude00"}`, `{"a":-0,"b":1e-7,"c":123456789012345678901}`, `{"":{"":{}}}`, `{ "a" : [ ] }`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var object tracardi.Object
		if json.Unmarshal(text, &object) != nil {
			return
		}
		var want map[string]any
		if json.Unmarshal(object.AppendJSON(nil), &want) != nil {
			return // numbers that float64 can't hold
		}
		object.Map()
		var got map[string]any
		if err := json.Unmarshal(object.AppendJSON(nil), &got); err != nil {
			t.Fatalf("%v in %s", err, object.AppendJSON(nil))
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want) > 0 {
			t.Fatal(diff)
		}
	})
}

// TestTextEdits proves that members of the top level change in the text as they do in the tree.
func TestTextEdits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "k.e\"y", "ü"}), rapid.SampledFrom([]any{nil, "x", 1.5, []any{1.0}, map[string]any{"z": "\\\""}}))
		text := string(tracardi.AppendValue(nil, members.Draw(t, "object")))
		blanks := strings.NewReplacer(",", " , ", "{", "{ ").Replace(text)
		one, tree := tracardi.RawObject(blanks), tracardi.RawObject(blanks)
		tree.Map()
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			name := rapid.SampledFrom([]string{"a", "b", "c", "k.e\"y", "d"}).Draw(t, "name")
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				one.Set("new", name)
				tree.Set("new", name)
			case 1:
				if a, b := one.Delete(name), tree.Delete(name); a != b {
					t.Fatalf("delete %q of %s: %t, of the tree: %t", name, blanks, a, b)
				}
			case 2:
				other := string(tracardi.AppendValue(nil, members.Draw(t, "other")))
				one.Merge(tracardi.RawObject(other))
				tree.Merge(tracardi.RawObject(other))
			}
		}
		if !json.Valid(one.AppendJSON(nil)) {
			t.Fatalf("no JSON: %s", one.AppendJSON(nil))
		}
		if diff := cmp.Diff(tree.Map(), one.Map()); diff != "" {
			t.Fatal(diff)
		}
	})
}
