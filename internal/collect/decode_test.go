package collect

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
)

func TestDecode(t *testing.T) {
	payload, err := Decode([]byte(`{
		"source": {"id": " shop "}, "session": {"id": "s"}, "profile": {"id": "p", "primary_id": "pk"},
		"context": {"time": {"tz": "Europe/Warsaw"}}, "properties": null, "unknown": 1,
		"options": {"saveSession": false, "saveProfile": "no", "async": true, "debugger": true},
		"events": [{"type": " page-view ", "time": {"create": "2026-01-31 10:00:00"}, "properties": {"a": [1, null]}, "tags": ["x"],
			"options": {"source_id": "@internal", "fire": true}}]
	}`), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if payload.Source.ID != "shop" || payload.Session != "s" || payload.Profile != "p" || payload.PrimaryID != "pk" {
		t.Errorf("ids: %+v", payload)
	}
	if o := payload.Options; !o.SkipSession || o.SkipProfile || o.SkipEvents || !o.Queued || !o.Debugger {
		t.Errorf("options: %+v", o)
	}
	e := payload.Events[0]
	if e.Type != "page-view" || e.Create.Hour() != 10 || !e.Insert.IsZero() || len(e.Tags) != 1 {
		t.Errorf("event: %+v", e)
	}
	if _, ok := e.Options.Get("source_id"); ok {
		t.Error("an event speaks for another source")
	}
	if fire, _ := e.Options.Get("fire"); fire != true {
		t.Error("an option is lost")
	}
}

func TestDecodeRefuses(t *testing.T) {
	limits := Limits{Body: 1 << 20, Plain: 1 << 20, Events: 3, Depth: 7, Keys: 40, Text: 300}
	event := func(inner string) string { return `{"source":{"id":"s"},"events":[{"type":"a"},{` + inner + `}]}` }
	for _, c := range []struct {
		name, body, field string
		kind              tracardi.Kind
	}{
		{"nothing", ``, "", tracardi.Invalid},
		{"no object", `[]`, "", tracardi.Invalid},
		{"broken", `{"source":{"id":"s"`, "source", tracardi.Invalid},
		{"rest behind the end", `{"source":{"id":"s"}} x`, "", tracardi.Invalid},
		{"no source", `{"events":[]}`, "source.id", tracardi.Invalid},
		{"blank source", `{"source":{"id":" "}}`, "source.id", tracardi.Invalid},
		{"source is a text", `{"source":"s"}`, "source", tracardi.Invalid},
		{"source id is a number", `{"source":{"id":7}}`, "source.id", tracardi.Invalid},
		{"long session", `{"source":{"id":"s"},"session":{"id":"` + strings.Repeat("a", 201) + `"}}`, "session.id", tracardi.Invalid},
		{"context is a list", `{"source":{"id":"s"},"context":[]}`, "context", tracardi.Invalid},
		{"a name twice", `{"source":{"id":"s"},"source":{"id":"t"}}`, "source", tracardi.Invalid},
		{"a name twice inside", event(`"type":"a","properties":{"x":1,"x":2}`), "events[1].properties.x", tracardi.Invalid},
		{"no type", event(`"properties":{}`), "events[1].type", tracardi.Invalid},
		{"blank type", event(`"type":"  "`), "events[1].type", tracardi.Invalid},
		{"type is a number", event(`"type":1`), "events[1].type", tracardi.Invalid},
		{"properties are a text", event(`"type":"a","properties":"x"`), "events[1].properties", tracardi.Invalid},
		{"no time", event(`"type":"a","time":{"insert":"yesterday"}`), "events[1].time.insert", tracardi.Invalid},
		{"year 9999", event(`"type":"a","time":{"create":"9999-12-31T00:00:00Z"}`), "events[1].time.create", tracardi.Invalid},
		{"year 1", event(`"type":"a","time":{"create":"0001-01-01T00:00:00Z"}`), "events[1].time.create", tracardi.Invalid},
		{"too many events", `{"source":{"id":"s"},"events":[{"type":"a"},{"type":"a"},{"type":"a"},{"type":"a"}]}`, "events", tracardi.TooLarge},
		{"too deep", event(`"type":"a","properties":{"a":{"b":{"c":{"d":{"e":1}}}}}`), "events[1].properties.a.b.c.d", tracardi.TooLarge},
		{"long text", event(`"type":"a","properties":{"a":"` + strings.Repeat("a", 400) + `"}`), "events[1].properties.a", tracardi.TooLarge},
		{"too many names", event(`"type":"a","properties":{` + names(50) + `}`), "events[1].properties.n34", tracardi.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode([]byte(c.body), limits)
			ours, ok := errors.AsType[*tracardi.Error](err)
			if !ok {
				t.Fatalf("error %v, want one of ours", err)
			}
			if ours.Kind != c.kind || ours.Field != c.field {
				t.Errorf("error of kind %q at %q: %v; want %q at %q", ours.Kind, ours.Field, err, c.kind, c.field)
			}
		})
	}
}

func names(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"n%d":1`, i)
	}
	return strings.Join(list, ",")
}

// FuzzDecode proves that no body breaks the decoder, that what it takes is within the limits, and that errors are ours.
func FuzzDecode(f *testing.F) {
	f.Add(`{"source":{"id":"s"},"session":{"id":"x"},"events":[{"type":"a","properties":{"a":"\"\\"}}]}`)
	f.Add(`{"source":{"id":"s"},"options":{"async":true},"context":{"a":[[[[]]]]},"events":[{"id":"1","type":"b","time":{"insert":"2026-01-01"}}]}`)
	f.Add(`{"source":{"id":"s"},"events":[{"type":"a","tags":["x"],"options":{"source_id":1}}]}`)
	f.Add(`{"a":"` + "\xff" + `"}`)
	limits := Limits{Body: 1 << 20, Plain: 1 << 20, Events: 5, Depth: 10, Keys: 50, Text: 100}
	f.Fuzz(func(t *testing.T, body string) {
		payload, err := Decode([]byte(body), limits)
		if err != nil {
			if kind := tracardi.KindOf(err); kind != tracardi.Invalid && kind != tracardi.TooLarge {
				t.Fatalf("error of kind %q: %v", kind, err)
			}
			return
		}
		if payload.Source.ID == "" || len(payload.Events) > limits.Events {
			t.Fatalf("taken: %+v", payload)
		}
		for _, e := range payload.Events {
			if e.Type == "" || len(e.Type) > maxType {
				t.Fatalf("taken: type %q", e.Type)
			}
		}
	})
}
