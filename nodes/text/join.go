package text

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "join", Name: "Join texts", Icon: "link",
		New:     func() node.Node { return &Join{Delimiter: ","} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_join.plugin.JoinAction"},
		Examples: []node.Example{
			{
				Name: "colors", Config: `{"string": "profile@traits.colors", "delimiter": " and "}`, Profile: `{"traits": {"colors": ["red", "green", 3]}}`,
				Port: "payload", Result: `{"result": "red and green and 3"}`,
			},
			{Name: "a list of one's own", Config: `{"string": ["event@type", "seen"]}`, Port: "payload", Result: `{"result": "page-view,seen"}`},
			{Name: "no list", Config: `{"string": "event@type"}`, Error: "string: must be a list"},
			{Name: "no such field", Config: `{"string": "profile@traits.colors"}`, Error: "profile@traits.colors is missing"},
		},
	})
}

// Join makes one text of a list, with a delimiter between the items. The payload is then {"result": "red,green"}.
type Join struct {
	List      node.Value `json:"string" title:"List" help:"A place such as profile@traits.colors that holds a list." required:"true"`
	Delimiter string     `json:"delimiter" title:"Delimiter" help:"What is put between the items."`
}

// Run implements node.Node.
func (n *Join) Run(_ context.Context, in *node.Input) (node.Output, error) {
	list, err := n.List.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	items, ok := list.([]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("string", "must be a list")
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if text, ok := item.(string); ok {
			texts[i] = text
		} else {
			texts[i] = string(tracardi.AppendValue(nil, item))
		}
	}
	return node.To("payload", map[string]any{"result": strings.Join(texts, n.Delimiter)}), nil
}
