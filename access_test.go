package tracardi_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

type document interface {
	Get(path ...string) (any, bool)
	Set(value any, path ...string) error
	AppendJSON(dst []byte) []byte
}

func draws(t *rapid.T) document {
	switch rapid.IntRange(0, 2).Draw(t, "document") {
	case 0:
		return anyEvent.Draw(t, "event")
	case 1:
		return anySession.Draw(t, "session")
	}
	return anyProfile.Draw(t, "profile")
}

// walk calls visit for each path in a decoded value, the value's own first.
func walk(value any, path []string, visit func(path []string)) {
	visit(path)
	if tree, ok := value.(map[string]any); ok {
		for name, item := range tree {
			walk(item, append(slices.Clip(path), name), visit)
		}
	}
}

func decoded(t interface{ Fatalf(string, ...any) }, doc document) map[string]any {
	text := doc.AppendJSON(nil)
	if !json.Valid(text) {
		t.Fatalf("not JSON: %s", text)
	}
	object := tracardi.RawObject(string(text))
	return object.Map()
}

func TestGetAgreesWithTheStoredForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := draws(t)
		tree := decoded(t, doc)
		check := func(path []string) {
			got, gotOK := doc.Get(path...)
			want, wantOK := tracardi.Dig(tree, path...)
			if gotOK != wantOK {
				t.Fatalf("%q: got %v, %v; stored is %v, %v", path, got, gotOK, want, wantOK)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q (-stored +got):\n%s", path, diff)
			}
		}
		walk(tree, nil, check)
		for _, path := range typedPaths {
			check(path)
			check(append(slices.Clip(path), "0"))
			check(append(slices.Clip(path), "no-such"))
		}
	})
}

// typedPaths are the paths of typed fields in any of the documents, given or not.
var typedPaths = func() (paths [][]string) {
	for _, path := range strings.Fields(`id name type metadata source.id session.start session.tz profile.id profile.primary_id
		tags tags.values tags.count device device.geo.location device.geo.latitude device.touch device.color_depth os app.bot utm.term hit.query
		journey journey.state metadata.time.insert metadata.time.total_time metadata.time.weekday metadata.time.duration metadata.time.visit.count
		metadata.time.visit metadata.valid metadata.debug metadata.instance.id metadata.processed_by.flows metadata.fields metadata.system
		ids segments interests interests.a stats stats.visits stats.counters stats.counters.a active data data.a context.a properties`) {
		paths = append(paths, strings.Split(path, "."))
	}
	return paths
}()

func TestSetThenGet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, other := draws(t), draws(t)
		// Whatever the other document has goes in where this one has such a field, and comes out as it went in.
		var paths [][]string
		walk(decoded(t, other), nil, func(path []string) {
			if len(path) > 0 {
				paths = append(paths, path)
			}
		})
		path := rapid.SampledFrom(paths).Draw(t, "path")
		value, _ := other.Get(path...)
		before := doc.AppendJSON(nil)
		if err := doc.Set(value, path...); err != nil {
			if tracardi.KindOf(err) != tracardi.Invalid || !strings.Contains(err.Error(), path[0]) {
				t.Fatalf("%q: error without a field: %v", path, err)
			}
			return
		}
		got, _ := doc.Get(path...)
		if path[0] == "session" || path[0] == "profile" || slices.Equal(path, []string{"tags", "count"}) {
			return // hidden without an id, derived
		}
		if diff := cmp.Diff(withoutEmpty(value), withoutEmpty(got)); diff != "" {
			t.Fatalf("%q of %s (-set +got):\n%s", path, before, diff)
		}
	})
}

// withoutEmpty removes what the stored form leaves out; only outside free-form parts does this differ from the value.
func withoutEmpty(value any) any {
	tree, ok := value.(map[string]any)
	if !ok {
		if value == 0.0 || value == "" || value == false {
			return nil
		}
		return value
	}
	kept := map[string]any{}
	for name, item := range tree {
		if item = withoutEmpty(item); item != nil {
			kept[name] = item
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

func TestSet(t *testing.T) {
	when := time.Date(2026, 1, 31, 15, 4, 5, 0, time.UTC)
	event := &tracardi.Event{
		Profile: tracardi.ProfileRef{ID: "p"}, Session: tracardi.EventSession{ID: "s"},
		Device: tracardi.Device{Name: "old", Geo: tracardi.Geo{City: "old"}},
	}
	profile := &tracardi.Profile{Interests: map[string]float64{"sport": 1}}
	f := func(doc document, value any, path, want string) {
		t.Helper()
		err := doc.Set(value, strings.Split(path, ".")...)
		if name, bad := strings.CutPrefix(want, "error "); bad {
			if e, ok := err.(*tracardi.Error); !ok || e.Kind != tracardi.Invalid || e.Field != name {
				t.Errorf("%s = %v: got %v, want an error of %s", path, value, err, name)
			}
			return
		}
		if err != nil {
			t.Errorf("%s = %v: %v", path, value, err)
			return
		}
		got, _ := doc.Get(strings.Split(path, ".")...)
		if text := string(tracardi.AppendValue(nil, got)); text != want {
			t.Errorf("%s = %v: got %s, want %s", path, value, text, want)
		}
	}
	f(event, "page-view", "type", `"page-view"`)
	f(event, 5.0, "type", "error type")
	f(event, nil, "type", "null")
	f(event, "x", "type.more", "error type.more")
	f(event, "x", "no-such", "error no-such")
	f(event, "x", "metadata.no-such", "error metadata.no-such")
	f(event, false, "metadata.valid", "false")
	f(event, nil, "metadata.valid", "true")
	f(event, "yes", "metadata.debug", "error metadata.debug")
	f(event, when, "metadata.time.insert", `"2026-01-31T15:04:05.000000Z"`)
	f(event, "2026-01-31 15:04:05", "metadata.time.insert", `"2026-01-31T15:04:05.000000Z"`)
	f(event, "yesterday", "metadata.time.insert", "error metadata.time.insert")
	f(event, 1.5, "session.duration", "1.5")
	f(event, 24, "device.color_depth", "24")
	f(event, 24.5, "device.color_depth", "error device.color_depth")
	f(event, []any{14.4, 50.1}, "device.geo.location", "[14.4,50.1]")
	f(event, []any{14.4}, "device.geo.location", "error device.geo.location")
	f(event, []any{"a", "b"}, "device.geo.location", "error device.geo.location")
	f(event, map[string]any{"type": "pc", "geo": map[string]any{"city": "Brno"}}, "device", `{"geo":{"city":"Brno"},"type":"pc"}`)
	f(event, map[string]any{"colour": "red"}, "device", "error device.colour")
	f(event, "pc", "device", "error device")
	f(event, []any{"a", "b"}, "tags.values", `["a","b"]`)
	f(event, []any{"a", 1.0}, "tags.values", "error tags.values")
	f(event, map[string]any{"values": []any{"c"}, "count": 7.0}, "tags", `{"count":1,"values":["c"]}`)
	f(event, 5, "properties.a.b", "5")
	f(event, when, "properties.when", `"2026-01-31T15:04:05.000000Z"`)
	f(event, []string{"x"}, "traits.list", `["x"]`)
	f(event, "text", "traits", "error traits")
	f(event, nil, "traits", "null")
	f(profile, 3.0, "interests.music", "3")
	f(profile, math.Inf(1), "interests.music", "error interests.music")
	f(profile, "much", "interests.music", "error interests.music")
	f(profile, 3.0, "interests.music.loud", "error interests.music.loud")
	f(profile, nil, "interests.sport", "null")
	f(profile, map[string]any{"a": 1.0}, "interests", `{"a":1}`)
	f(profile, map[string]any{"a": "b"}, "interests", "error interests.a")
	f(profile, []any{}, "interests", "error interests")
	f(profile, map[string]any{}, "metadata.fields", "error metadata.fields")
	f(profile, false, "active", "false")
	f(profile, map[string]any{"x": true}, "consents", `{"x":true}`)
	f(profile, 2.0, "stats.visits", "2")
	f(&tracardi.Session{}, 7.0, "metadata.time.weekday", "error metadata.time.weekday")
	f(&tracardi.Session{}, 6.0, "metadata.time.weekday", "6")
}

func TestDelete(t *testing.T) {
	event := &tracardi.Event{
		Type: "page-view", Device: tracardi.Device{Name: "Phone"}, Journey: "awareness",
		Properties: tracardi.RawObject(`{"a":{"b":1,"c":2},"d":[1]}`),
	}
	f := func(path, want string) {
		t.Helper()
		if err := event.Delete(strings.Split(path, ".")...); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if got := string(event.AppendJSON(nil)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	f("properties.a.b", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{},"properties":{"a":{"c":2},"d":[1]},"device":{"name":"Phone"},"journey":{"state":"awareness"}}`)
	f("properties.no.such", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{},"properties":{"a":{"c":2},"d":[1]},"device":{"name":"Phone"},"journey":{"state":"awareness"}}`)
	f("properties.d.0", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{},"properties":{"a":{"c":2},"d":[1]},"device":{"name":"Phone"},"journey":{"state":"awareness"}}`)
	f("journey.state", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{},"properties":{"a":{"c":2},"d":[1]},"device":{"name":"Phone"}}`)
	f("device", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{},"properties":{"a":{"c":2},"d":[1]}}`)
	f("properties", `{"type":"page-view","metadata":{"time":{},"valid":true},"source":{}}`)
	for _, path := range []string{"", "no-such", "device.no-such", "type.more"} {
		if err := event.Delete(strings.Split(path, ".")...); tracardi.KindOf(err) != tracardi.Invalid {
			t.Errorf("%q: got %v, want an error", path, err)
		}
	}
}
