package flow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/flow/flowtest"
)

// original is a flow as the original exports it, made up for this test.
const original = `{
	"id": "0d1c", "name": "Big carts", "description": "Marks big carts", "lock": false, "type": "collection", "tags": ["Shop"],
	"flowGraph": {
		"nodes": [
			{"id": "n1", "type": "flowNode", "position": {"x": 10, "y": 20.5}, "data": {"start": false, "debug": false,
				"spec": {"id": "x", "className": "IfAction", "module": "tracardi.process_engine.action.v1.if_action", "inputs": ["payload"], "outputs": ["true", "false"],
					"init": {"condition": "event@properties.value > 100", "unknown": 1}, "skip": false, "on_error_continue": true,
					"on_connection_error_repeat": "3", "run_once": {"value": "event@properties.cart", "ttl": "60", "type": "value", "enabled": true}},
				"metadata": {"name": "Is it big?", "type": "condNode"}}},
			{"id": "n2", "type": "flowNode", "position": {"x": 30, "y": 40}, "data": {"start": false, "debug": true,
				"spec": {"className": "PutAction", "module": "old.module", "init": {"key": "size", "val": "big"}, "append_input_payload": true, "run_in_background": true,
					"join": {"merge": true, "reshape": {"payload": {"template": "{\"a\": \"payload@b\"}", "default": false}}}},
				"metadata": {"name": "Put"}}}
		],
		"edges": [{"id": "e1", "type": "default", "source": "n1", "sourceHandle": "true", "target": "n2", "targetHandle": "payload", "data": {"name": "big"}}]
	}
}`

func TestImportOriginal(t *testing.T) {
	d, notes, err := flow.Import([]byte(original))
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], `"unknown" of the node "Is it big?" is left out`) {
		t.Fatal(err, notes)
	}
	want := flow.Document{ID: "0d1c", Name: "Big carts", Description: "Marks big carts", Tags: []string{"Shop"}, Graph: flow.Graph{
		Nodes: []flow.Node{
			{
				ID: "n1", Type: "control.if", Name: "Is it big?", Position: flow.Point{X: 10, Y: 20.5}, Config: json.RawMessage(`{"condition":"event@properties.value \u003e 100"}`),
				Switches: flow.Switches{
					OnError: flow.OnErrorContinue, Retry: &flow.Retry{Times: 2}, RunOnce: &flow.RunOnce{Value: "event@properties.cart", TTL: 60},
				},
			},
			{
				ID: "n2", Type: "try.put", Name: "Put", Position: flow.Point{X: 30, Y: 40}, Config: json.RawMessage(`{"name":"size","value":"big"}`),
				Switches: flow.Switches{
					TestOnly: true, AppendInput: true, Background: true,
					Join: &flow.Join{Merge: true, Reshape: map[string]any{"a": "payload@b"}, Strict: true},
				},
			},
		},
		Edges: []flow.Edge{{ID: "e1", From: "n1", Port: "true", To: "n2", ToPort: "payload", Name: "big"}},
	}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImportNamesUnknownNodes(t *testing.T) {
	text := strings.NewReplacer("old.module", "new.module", "v1.if_action", "v9.if_action").Replace(original)
	_, _, err := flow.Import([]byte(text))
	for _, want := range []string{`"Put" (new.module.PutAction)`, `"Is it big?" (tracardi.process_engine.action.v9.if_action.IfAction)`, "nothing was imported"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
}

func TestExportAndImport(t *testing.T) {
	d, _, err := flow.Import([]byte(original))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := flow.Import(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestImportRefuses(t *testing.T) {
	for _, text := range []string{``, `[]`, `{}`, `{"graph": 1}`, `{"flowGraph": {"nodes": 1}}`, `{"graph": {"nodes": [{"id": "a", "type": "no.such"}]}}`} {
		if _, _, err := flow.Import([]byte(text)); err == nil {
			t.Errorf("%s was imported", text)
		}
	}
	for _, number := range []string{"many", "NaN", "Inf", "-inf", "3s"} {
		if _, _, err := flow.Import([]byte(strings.Replace(original, `"3"`, `"`+number+`"`, 1))); err == nil {
			t.Errorf("%s tries were imported", number)
		}
	}
}

func TestDiff(t *testing.T) {
	before := flowtest.Draw(t, "s try.start\na try.put {\"name\": \"x\", \"value\": 1}\nb try.pass\nc try.pass\ns.payload -> a\na.payload -> b")
	after := flowtest.Draw(t, "s try.start\na try.put {\"name\": \"x\", \"value\": 2, \"memory\": true}\nb try.pass\nd try.pass {} !{\"skip\": true}\ns.payload -> a\na.error -> b")
	after.Nodes[2].Position.X = 5
	d := flow.Diff(before, after)
	got := []any{d.Added, d.Removed, d.Moved, len(d.Changed), d.Changed[0].Fields, len(d.Edges.Added), d.Edges.Removed[0].Port}
	want := []any{[]string{"d"}, []string{"c"}, []string{"b"}, 1, []string{"config.memory", "config.value"}, 1, "payload"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
