package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/event"
)

const stock = `{
	"event": [
		{"id": "event-1", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-02T10:29:59.000000Z"}}},
		{"id": "event-0", "type": "page-view", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}},
		{"id": "order-9", "type": "purchase", "profile": {"id": "somebody"}, "metadata": {"time": {"insert": "2026-02-20T09:00:00.000000Z"}}},
		{"id": "order-2", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-10T09:00:00.000000Z"}}},
		{"id": "order-1", "type": "purchase", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-02-01T09:00:00.000000Z"}}}
	],
	"session": [
		{"id": "session-1", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-02T10:00:00.000000Z"}}},
		{"id": "session-0", "profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-01T09:00:00.000000Z"}}}
	],
	"source": [{"id": "shop", "name": "Our shop", "types": ["rest"], "enabled": true}]
}`

func fill(t *testing.T, f *nodetest.Flow) {
	t.Helper()
	if err := json.Unmarshal([]byte(stock), &f.Stock); err != nil {
		t.Fatal(err)
	}
}

func TestNodes(t *testing.T) {
	nodetest.Group(t, "event", func(t *testing.T, typ *node.Type, f *nodetest.Flow) {
		fill(t, f)
		if typ.ID != "previous" && typ.ID != "count" { // the event of the run is not stored yet
			f.Stock["event"] = f.Stock["event"][1:]
		}
	})
}

func run(t *testing.T, f *nodetest.Flow, id, config, payload string) (node.Output, error) {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	return n.Run(t.Context(), f.Input(t, "payload", payload))
}

// What visitors send is a value in a search, never a part of its language.
func TestQueriesCannotBeChanged(t *testing.T) {
	for _, test := range []struct {
		query, value string
		want         int64
	}{
		{`type = "{{payload@v}}"`, `purchase`, 3},
		{`type = {{payload@v}}`, `purchase`, 3},
		{`type = "{{payload@v}}"`, `x" OR type EXISTS OR type = "y`, 0},
		{`type = {{payload@v}}`, `x OR type EXISTS`, 0},
		{`type = "{{payload@v}}"`, `purch*`, 0},
		{`type = {{payload@v}}`, `*`, 0},
		{`type = "{{payload@v}}"`, `\`, 0},
		{`type = "pur{{payload@v}}"`, `chase`, 3},
		{`id = "a\"b" OR type = "{{payload@v}}"`, `purchase`, 3},
	} {
		f := nodetest.NewFlow()
		fill(t, f)
		config, err := json.Marshal(map[string]any{"query": test.query})
		if err != nil {
			t.Fatal(err)
		}
		payload, err := json.Marshal(map[string]any{"v": test.value})
		if err != nil {
			t.Fatal(err)
		}
		out, err := run(t, f, "event.count", string(config), string(payload))
		if err != nil || out.Results[0].Payload["numberOfRecords"] != test.want {
			t.Errorf("%s with %s: got %v, %v, want %d", test.query, test.value, out, err, test.want)
		}
	}
}

func TestQueriesWithNumbersAndLists(t *testing.T) {
	f := nodetest.NewFlow()
	f.Stock = nodetest.Stock{"event": {{"id": "a", "n": 5.0}, {"id": "b", "n": 7.0}}}
	for query, want := range map[string]int64{
		`n > {{payload@n}}`: 1, `n = "{{payload@n}}"`: 0, `n IN {{payload@list}}`: 2, `id = "{{payload@list}}"`: 0,
	} {
		config, err := json.Marshal(map[string]any{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		out, err := run(t, f, "event.count", string(config), `{"n": 5, "list": [5, 7]}`)
		if err != nil || out.Results[0].Payload["numberOfRecords"] != want {
			t.Errorf("%s: got %v, %v, want %d", query, out, err, want)
		}
	}
}

func TestRaise(t *testing.T) {
	f := nodetest.NewFlow()
	if _, err := run(t, f, "event.raise", `{"event_type": {"id": "big"}, "properties": {"a": "payload@a"}, "tags": ["x"]}`, `{"a": 1}`); err != nil {
		t.Fatal(err)
	}
	if len(f.Raised) != 1 || f.Raised[0].Type != "big" || !cmp.Equal(f.Raised[0].Properties.Map(), map[string]any{"a": 1.0}) || f.Raised[0].Tags[0] != "x" {
		t.Errorf("got %+v", f.Raised)
	}
}

func TestProfilesAreFoundUnderAllTheirIDs(t *testing.T) {
	f := nodetest.NewFlow()
	fill(t, f)
	f.Over(t, "profile", `{"ids": ["profile-1", "somebody"]}`)
	out, err := run(t, f, "event.counter", `{"event_type": "purchase", "time_span": "30 days"}`, "")
	if err != nil || out.Results[0].Payload["events"] != int64(3) {
		t.Errorf("got %v, %v", out, err)
	}
}

func TestSettingsThatDontFit(t *testing.T) {
	for _, test := range []struct{ id, config, want string }{
		{"event.count", `{"query": "type = ("}`, "query"},
		{"event.count", `{"query": "type = \"{{event@a..b}}\""}`, "query"},
		{"event.count", `{"time_range": "soon"}`, "time_range"},
		{"event.count", `{"index": "users"}`, "index"},
		{"event.counter", `{"event_type": "a", "time_span": "soon"}`, "time_span"},
		{"event.aggregate", `{"field": "profile@id"}`, "field"},
		{"event.aggregate", `{"field": "a..b"}`, "field"},
		{"event.previous", `{"offset": -12}`, "offset"},
		{"event.previous-session", `{"offset": 1}`, "offset"},
	} {
		if _, err := node.Lookup(test.id).Configure([]byte(test.config)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s: got %v", test.id, test.config, err)
		}
	}
}

func FuzzQueryValues(f *testing.F) {
	for _, seed := range []string{"purchase", `a" OR type EXISTS OR type = "`, `\`, `\"`, "*", "a\nb", "\x00", `\*`, "ż"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		flow := nodetest.NewFlow()
		flow.Stock = nodetest.Stock{"event": {{"id": "a", "type": value}, {"id": "b", "type": value + "x"}, {"id": "c", "type": "purchase!"}}}
		for _, query := range []string{`type = "{{payload@v}}"`, `type = {{payload@v}}`, `id = "a" AND type = "{{ payload@v }}"`} {
			n, err := node.Lookup("event.count").Configure([]byte(`{"query": ` + quoted(t, query) + `}`))
			if err != nil {
				t.Fatal(err)
			}
			in := flow.Input(t, "payload", "")
			in.Payload = map[string]any{"v": value}
			out, err := n.Run(t.Context(), in)
			if !utf8.ValidString(value) {
				continue // documents hold none
			}
			if want := int64(1); value != "purchase!" && (err != nil || out.Results[0].Payload["numberOfRecords"] != want) {
				t.Errorf("%s with %q: got %v, %v, want %d", query, value, out, err, want)
			}
		}
	})
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	written, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

func TestImportOfMatcher(t *testing.T) {
	_, config, ok, err := node.Import("com_tracardi.action.v1.sequencer.matcher.plugin", "Unknown",
		map[string]any{"sequence": []any{"a"}, "list_of_events": map[string]any{"ref": true, "value": "payload@sequence"}})
	if err != nil || !ok || string(config) != `{"list_of_events":"payload@sequence","sequence":["a"]}` {
		t.Errorf("got %s, %v, %v", config, ok, err)
	}
}
