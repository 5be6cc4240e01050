package data

import (
	"context"
	"maps"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "extreme", Name: "Max/Min Value", Icon: "arrows-vertical",
		New:     func() node.Node { return &Extreme{Operation: "max"} },
		Out:     []node.Port{{Name: "result", Doc: "The name and its number."}},
		Aliases: []string{"tracardi.process_engine.action.v1.list.find_max_value.plugin.FindMaxValuePlugin"},
		Examples: []node.Example{
			{
				Name: "the strongest interest", Config: `{"source": "profile@interests"}`, Profile: `{"interests": {"music": 2, "sport": 7.5}}`,
				Port: "result", Result: `{"key": "sport", "value": 7.5}`,
			},
			{
				Name: "the weakest of them", Config: `{"source": "payload@n", "operation": "min"}`, Payload: `{"n": {"b": -1, "a": -1, "c": 0}}`,
				Port: "result", Result: `{"key": "a", "value": -1}`,
			},
			{Name: "a text among them", Config: `{"source": "payload@n"}`, Payload: `{"n": {"a": 1, "b": "2"}}`, Error: "b is no number"},
			{Name: "nothing in it", Config: `{"source": "payload@n"}`, Payload: `{"n": {}}`, Error: "is empty"},
			{Name: "no object", Config: `{"source": "payload@n"}`, Payload: `{"n": [1]}`, Error: "no object"},
		},
	})
}

// Extreme finds the name with the largest or the smallest number in an object: {"key": …, "value": …}. Of several it is the
// first by the alphabet.
type Extreme struct {
	Source    node.Value `json:"source" title:"Object" help:"Names with numbers, such as profile@interests." required:"true"`
	Operation string     `json:"operation" title:"Which" help:"The largest or the smallest." enum:"max,min"`
}

// Run implements node.Node.
func (n *Extreme) Run(_ context.Context, in *node.Input) (node.Output, error) {
	members, err := object(in, "source", n.Source)
	if err != nil {
		return node.Output{}, err
	}
	found, best := "", 0.0
	for i, name := range slices.Sorted(maps.Keys(members)) {
		number, ok := members[name].(float64)
		if !ok {
			return node.Output{}, tracardi.InvalidField("source", "%s is no number", name)
		}
		if i == 0 || n.Operation == "max" && number > best || n.Operation == "min" && number < best {
			found, best = name, number
		}
	}
	if len(members) == 0 {
		return node.Output{}, tracardi.InvalidField("source", "is empty")
	}
	return node.To("result", map[string]any{"key": found, "value": best}), nil
}
