package node_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

func TestAssignmentsKeepTheirOrder(t *testing.T) {
	const text = `{"profile@traits.z":"event@type","memory@a":{"b":["profile@id",1]},"payload@a":null}`
	var assignments node.Assignments
	if err := json.Unmarshal([]byte(text), &assignments); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(assignments); err != nil || string(got) != text {
		t.Errorf("got %s, %v", got, err)
	}
	for bad, want := range map[string]string{
		`[]`: "write an object", `{"color": 1}`: "names no place", `{"": 1}`: "no name", `{"memory@a": "profile@a..b"}`: "memory@a:",
	} {
		if err := json.Unmarshal([]byte(bad), &assignments); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestFromJSONText(t *testing.T) {
	old := map[string]any{"body": `{"a": [1]}`, "empty": "", "odd": "{", "object": map[string]any{"b": true}, "name": "x"}
	got := node.FromJSONText("body", "empty", "odd", "object", "missing")(old)
	want := map[string]any{"body": map[string]any{"a": []any{1.0}}, "odd": "{", "object": map[string]any{"b": true}, "name": "x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if old["body"] != `{"a": [1]}` {
		t.Error("the old settings were changed")
	}
}

func TestDataIsNotReadAsPath(t *testing.T) {
	in := nodetest.NewFlow().Input(t, "payload", `{}`)
	place := node.PathTo("memory@said")
	if err := place.Set(in, "profile@id"); err != nil {
		t.Fatal(err)
	}
	if got, _ := place.Get(in); got != "profile@id" {
		t.Errorf("got %v", got)
	}
	if err := (node.Path{}).Set(in, 1); err == nil {
		t.Error("wrote to no place")
	}
	if err := (node.Path{}).Delete(in); err == nil {
		t.Error("removed no place")
	}
}
