package data

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "collect", Name: "Payload collector", Icon: "basket",
		New:     func() node.Node { return &Collect{Type: "list"} },
		Aliases: []string{"tracardi.process_engine.action.v1.memory.collect.plugin.PayloadMemoryCollector"},
		Examples: []node.Example{
			{
				Name: "the first of a list", Config: `{"name": "answers"}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"memory@answers": `[{"a": 1}]`},
			},
			{
				Name: "one more", Config: `{"name": "answers"}`, Memory: `{"answers": [{"a": 1}]}`, Payload: `{"a": 2}`, Port: "payload",
				After: map[string]string{"memory@answers": `[{"a": 1}, {"a": 2}]`},
			},
			{Name: "something else has the name", Config: `{"name": "answers"}`, Memory: `{"answers": 5}`, Error: "no list"},
			{Name: "an edge without a name", Config: `{"name": "answers", "type": "dict"}`, Error: "needs a name"},
		},
	})
}

// Collect keeps every payload that comes by in the memory of the run: memory@NAME is a list of them, or an object in which each
// has the name of the edge that it came over.
type Collect struct {
	Name string `json:"name" title:"Name" help:"Under which they are kept in the memory." required:"true"`
	Type string `json:"type" title:"As" help:"A list, or an object by the names of the edges." enum:"list,dict"`
}

// Run implements node.Node.
func (n *Collect) Run(_ context.Context, in *node.Input) (node.Output, error) {
	path := expr.Path{}.Join(n.Name)
	held, _ := in.Look("memory", path)
	payload := in.Payload
	if payload == nil {
		payload = map[string]any{}
	}
	kept, err := n.add(tracardi.Clone(held), in.Edge, payload)
	if err == nil {
		err = in.Change("memory", path, kept)
	}
	if err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}

func (n *Collect) add(held any, edge string, payload map[string]any) (any, error) {
	if n.Type == "list" {
		list, ok := held.([]any)
		if !ok && held != nil {
			return nil, tracardi.InvalidField("name", "memory@%s is no list", n.Name)
		}
		return append(list, payload), nil
	}
	members, ok := held.(map[string]any)
	switch {
	case !ok && held != nil:
		return nil, tracardi.InvalidField("name", "memory@%s is no object", n.Name)
	case edge == "":
		return nil, tracardi.InvalidField("type", "the edge to this node needs a name, or collect a list")
	case held == nil:
		members = map[string]any{}
	}
	members[strings.ReplaceAll(edge, " ", "-")] = payload
	return members, nil
}
