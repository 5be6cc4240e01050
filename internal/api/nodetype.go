package api

import (
	"context"
	"encoding/json"

	"github.com/tracardi/tracardi-go/node"
)

// NodeType is a kind of node, as a palette shows it.
type NodeType struct {
	ID         string          `json:"id" doc:"What drawings call it, such as control.if."`
	Name       string          `json:"name"`
	Icon       string          `json:"icon" doc:"Of the Tabler set."`
	Group      NodeGroup       `json:"group"`
	In         []node.Port     `json:"in" nullable:"false" doc:"Input ports; none for a node that only begins flows."`
	Out        []node.Port     `json:"out" nullable:"false" doc:"Output ports, besides the port error that every node has."`
	Start      bool            `json:"start,omitempty" doc:"Flows may begin with it."`
	Acts       bool            `json:"acts,omitempty" doc:"It changes something outside; tests do not run it."`
	Repeatable bool            `json:"repeatable,omitempty" doc:"It acts, and a second call does no harm; any other is not called again when nobody knows whether it was called."`
	Background bool            `json:"background,omitempty" doc:"It runs after the event is stored."`
	Joins      bool            `json:"joins,omitempty" doc:"It waits for all its edges."`
	TestOnly   bool            `json:"test_only,omitempty" doc:"Only tests run it."`
	Doc        string          `json:"doc" doc:"Markdown."`
	Schema     json.RawMessage `json:"schema" doc:"JSON Schema of the settings, with hints for a form."`
	Defaults   json.RawMessage `json:"defaults" doc:"Settings of a new node."`
	Examples   []NodeExample   `json:"examples" nullable:"false"`
}

// NodeGroup is a group of kinds of nodes.
type NodeGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// NodeExample shows what a node does.
type NodeExample struct {
	Name    string          `json:"name"`
	Config  json.RawMessage `json:"config,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty" doc:"What arrives."`
	Port    string          `json:"port,omitempty" doc:"Where it goes on; nowhere when left out."`
	Result  json.RawMessage `json:"result,omitempty" doc:"The payload there; what arrived when left out."`
	Error   string          `json:"error,omitempty" doc:"With which it fails."`
	Waits   string          `json:"waits,omitempty" doc:"How long it waits."`
}

func (s *server) listNodeTypes(context.Context, *struct{}) (*listOutput[NodeType], error) {
	return listOf(node.Types(), nodeType), nil
}

func nodeType(t *node.Type) NodeType {
	shown := NodeType{
		ID: t.FullID(), Name: t.Name, Icon: t.Icon, Group: NodeGroup{t.Group.ID, t.Group.Name},
		In: append([]node.Port{}, t.In...), Out: append([]node.Port{}, t.Out...),
		Start: t.Start, Acts: t.Acts, Repeatable: t.Repeatable, Background: t.Background, Joins: t.Joins, TestOnly: t.TestOnly, Doc: t.Doc(),
		Schema: encoded(t.Schema()), Defaults: encoded(t.New()), Examples: make([]NodeExample, len(t.Examples)),
	}
	for i, e := range t.Examples {
		shown.Examples[i] = NodeExample{e.Name, text(e.Config), text(e.Payload), e.Port, text(e.Result), e.Error, e.Waits}
	}
	return shown
}

// encoded is a value as JSON, and null when it has none.
func encoded(value any) json.RawMessage {
	body, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null")
	}
	return body
}

// text is the JSON of an example. Where the example takes any value ("*"), there is nothing to show.
func text(body string) json.RawMessage {
	if body == "" || body == "*" {
		return nil
	}
	return json.RawMessage(body)
}
