package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// The examples of RFC 7386 whose patch and target are objects.
func TestMerge(t *testing.T) {
	f := func(target, patch, want string) {
		t.Helper()
		var into, with map[string]any
		if err := json.Unmarshal([]byte(target), &into); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(patch), &with); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(merge(into, with))
		if err != nil || string(got) != want {
			t.Errorf("%s with %s: got %s, want %s (%v)", target, patch, got, want, err)
		}
		if again, err := json.Marshal(into); err != nil || string(again) != target {
			t.Errorf("the target became %s (%v)", again, err)
		}
	}
	f(`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`)
	f(`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`)
	f(`{"a":"b"}`, `{"a":null}`, `{}`)
	f(`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`)
	f(`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`)
	f(`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`)
	f(`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`)
	f(`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`)
	f(`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`)
	f(`{"a":"foo"}`, `{"a":{"b":null,"c":1}}`, `{"a":{"c":1}}`)
	f(`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`)
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 30, 0, 0, time.UTC)
	f := func(text, want string) {
		t.Helper()
		got, err := moment("query.from", text, now)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: got %v, want %s (%v)", text, got, want, err)
		}
	}
	f("now", "2026-03-10T12:30:00Z")
	f("now-24h", "2026-03-09T12:30:00Z")
	f("now+1h", "2026-03-10T13:30:00Z")
	f("-7d", "2026-03-03T12:30:00Z")
	f("-15m", "2026-03-10T12:15:00Z")
	f("2026-01-31", "2026-01-31T00:00:00Z")
	f("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00Z")
}

func TestAutoWidthGivesAbout60Bars(t *testing.T) {
	for span, want := range map[time.Duration]string{
		0: "1s", time.Minute: "1s", time.Hour: "1m", 24 * time.Hour: "30m", 7 * day: "3h", 30 * day: "12h", 365 * day: "7d",
	} {
		if got := widthText(autoWidth(span)); got != want {
			t.Errorf("%v: got bars of %s, want %s", span, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		span := time.Duration(rapid.Int64Range(int64(time.Minute), int64(50*364*day)).Draw(t, "span"))
		width := autoWidth(span)
		if bars := span / width; bars < 20 || bars > 140 {
			t.Fatalf("%v in bars of %v gives %d bars", span, width, bars)
		}
		parsed, err := barWidth(widthText(width), span)
		if err != nil || parsed != width {
			t.Fatalf("%v is written %s, which is read as %v (%v)", width, widthText(width), parsed, err)
		}
	})
}

func TestCursorCountsCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		n := rapid.IntRange(-1, 20).Draw(t, "n")
		offset := byteOffset(text, n)
		if got, length := utf8.RuneCountInString(text[:offset]), utf8.RuneCountInString(text); n >= 0 && got != min(n, length) || n < 0 && got != length {
			t.Fatalf("%d characters of %q are %d bytes", n, text, offset)
		}
	})
}

// A suggested value, put into a condition, finds exactly that value.
func TestSuggestedValuesMeanThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String().AsAny(), rapid.Float64().AsAny(), rapid.Bool().AsAny(),
			rapid.StringMatching(`[*?\\" a]{0,6}`).AsAny()).Draw(t, "value")
		text, _ := valueText(value)
		for _, operator := range []string{" = ", " CONTAINS ", " ~ "} {
			condition, err := expr.ParseSearch("v"+operator+text, "event")
			if err != nil {
				t.Fatal(err)
			}
			if _, isText := value.(string); !isText && operator != " = " {
				continue
			}
			doc, err := json.Marshal(map[string]any{"v": value})
			if err != nil {
				t.Fatal(err)
			}
			if ok, err := condition.Eval(expr.Document(doc)); !ok {
				t.Fatalf("%s does not match %s: %v", condition, doc, err)
			}
			if s, isText := value.(string); isText && operator == " = " {
				other, err := json.Marshal(map[string]any{"v": s + "x"})
				if err != nil {
					t.Fatal(err)
				}
				if ok, _ := condition.Eval(expr.Document(other)); ok {
					t.Fatalf("%s matches %s too", condition, other)
				}
			}
		}
	})
}

func TestIDsOfAProfile(t *testing.T) {
	got := idsOf([]byte(`{"id":"a","ids":["a","b\"*",7,null,"c"]}`))
	if diff := cmp.Diff([]string{"a", `b"*`, "c"}, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzFilter: whatever is asked, the answer is a query or an error that names the parameter.
func FuzzFilter(f *testing.F) {
	f.Add(`type = "a"`, "now-24h", "2026-01-01", "-metadata.time.insert", "6h")
	f.Add("(", "-", "now+", "a..b", "0d")
	f.Fuzz(func(t *testing.T, q, from, to, sort, interval string) {
		now := time.Date(2026, 3, 10, 12, 30, 0, 0, time.UTC)
		ctx := context.WithValue(t.Context(), requestKey{}, &request{})
		filter := Filter{Q: q, From: from, To: to}
		if query, err := filter.query(ctx, storage.Events, now); err == nil && query.Where == nil {
			t.Error("neither a condition nor an error")
		}
		if order, err := order(ctx, storage.Events, sort); err == nil && order.Field != "" {
			if path, err := expr.ParsePath(order.Field); err != nil || path.String() != order.Field {
				t.Errorf("the field %q is %v", order.Field, err)
			}
		}
		if width, err := barWidth(interval, 24*time.Hour); err == nil && width < time.Second {
			t.Errorf("%q gives bars of %v", interval, width)
		}
	})
}

// FuzzCell: no text becomes a formula, and none but dangerous ones changes.
func FuzzCell(f *testing.F) {
	f.Add("=1+1")
	f.Add("plain")
	f.Add("a;=1\n\n@x;-")
	f.Fuzz(func(t *testing.T, text string) {
		got := cell(text)
		if got != "" && strings.ContainsRune("=+-@\t\r\n", rune(got[0])) {
			t.Errorf("%q stays %q", text, got)
		}
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(text, "'", "") {
			t.Errorf("%q became %q", text, got)
		}
		for i, sign := range got {
			if i > 0 && strings.ContainsRune("=+-@", sign) && strings.ContainsRune(";\t\r\n", rune(got[i-1])) {
				t.Errorf("%q has a part that is a formula: %q", text, got)
			}
		}
	})
}
