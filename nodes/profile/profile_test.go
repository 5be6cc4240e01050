package profile_test

import (
	"slices"
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/profile"
)

func TestNodes(t *testing.T) {
	nodetest.Group(t, "profile", func(_ *testing.T, _ *node.Type, f *nodetest.Flow) {
		f.Stock = nodetest.Stock{"profile": {
			{"id": "profile-2", "ids": []any{"profile-2"}, "data": contact("email", "ann@example.com")},
			{"id": "profile-3", "data": contact("phone", "+1 555 0100")},
			{"id": "profile-4", "data": contact("phone", "+1 555 0100")},
		}}
	})
}

func contact(way, value string) map[string]any {
	return map[string]any{"contact": map[string]any{way: map[string]any{"main": value}}}
}

func run(t *testing.T, f *nodetest.Flow, id, config string) {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(t.Context(), f.Input(t, "payload", "")); err != nil {
		t.Fatal(err)
	}
}

func TestDiscardAndUpdate(t *testing.T) {
	f := nodetest.NewFlow()
	run(t, f, "profile.discard", "")
	if !slices.Equal(f.Unkept, []string{"profile"}) {
		t.Errorf("after discard: %v", f.Unkept)
	}
	run(t, f, "profile.update", "")
	if len(f.Unkept) > 0 {
		t.Errorf("after update: %v", f.Unkept)
	}
}

func TestMergeLeavesOutWhatHasNoValue(t *testing.T) {
	f := nodetest.NewFlow()
	f.Over(t, "profile", `{"data": {"contact": {"email": {"main": "ann@example.com", "business": ""}}}}`)
	run(t, f, "profile.merge", `{"mergeBy": ["profile@data.contact.email.main", "profile@data.contact.email.business", "profile@data.contact.phone.main"]}`)
	if !slices.Equal(f.Merged, []string{"data.contact.email.main"}) {
		t.Errorf("got %v", f.Merged)
	}
	if _, err := node.Lookup("profile.merge").Configure([]byte(`{"mergeBy": ["event@type"]}`)); err == nil {
		t.Error("merges by a field of the event")
	}
}
