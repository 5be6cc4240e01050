package entity_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/entity"
)

func fill(f *nodetest.Flow) {
	f.Stock = nodetest.Stock{"entity": {
		{"id": "booking:17", "type": "booking", "properties": map[string]any{"room": "A"}, "profile": map[string]any{"id": "profile-1"}},
		{"id": "booking:18", "type": "booking", "profile": map[string]any{"id": "somebody"}},
	}}
}

func TestNodes(t *testing.T) {
	nodetest.Group(t, "entity", func(_ *testing.T, _ *node.Type, f *nodetest.Flow) { fill(f) })
}

func run(t *testing.T, f *nodetest.Flow, id, config, payload string) {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(t.Context(), f.Input(t, "payload", payload)); err != nil {
		t.Fatal(err)
	}
}

func TestUpsert(t *testing.T) {
	f := nodetest.NewFlow()
	run(t, f, "entity.upsert", `{"type": "booking", "id": "payload@n", "properties": {"room": "payload@room"}, "traits": {"open": true}}`, `{"n": 17, "room": "A"}`)
	run(t, f, "entity.upsert", `{"type": "product", "id": "A-1", "reference_profile": false}`, "")
	want := []node.Entity{
		{ID: "booking:17", Type: "booking", Properties: map[string]any{"room": "A"}, Traits: map[string]any{"open": true}, Profile: "profile-1"},
		{ID: "product:A-1", Type: "product"},
	}
	if diff := cmp.Diff(want, f.Entities); diff != "" {
		t.Error(diff)
	}
}

func TestDelete(t *testing.T) {
	f := nodetest.NewFlow()
	fill(f)
	for _, config := range []string{`{"type": "booking", "id": "17"}`, `{"type": "booking", "id": "18"}`, `{"type": "booking", "id": "18", "reference_profile": false}`} {
		run(t, f, "entity.delete", config, "")
	}
	if !slices.Equal(f.Discarded, []string{"booking:17", "booking:18"}) {
		t.Errorf("got %v", f.Discarded)
	}
}
