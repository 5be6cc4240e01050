package text

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "replace", Name: "Replace text", Icon: "replace",
		New:     func() node.Node { return &Replace{} },
		Out:     []node.Port{{Name: "output", Doc: "The new text, as value."}},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_replace.plugin.StringReplaceAction"},
		Examples: []node.Example{
			{
				Name: "dashes of a phone number", Config: `{"field": "event@properties.phone", "find": "-", "replace": ""}`,
				Event: `{"properties": {"phone": "030-12-34"}}`, Port: "output", Result: `{"value": "0301234"}`,
			},
			{
				Name: "no such field", Config: `{"field": "event@properties.phone", "find": "-"}`,
				Error: "event@properties.phone is missing",
			},
		},
	})
}

// Replace puts another text everywhere where a text stands within a field. The payload is then {"value": "the new text"}; the field
// itself stays as it is.
type Replace struct {
	Field   node.Value `json:"field" title:"Text" help:"A place such as event@properties.phone, or the text itself." required:"true"`
	Find    string     `json:"find" title:"Find" help:"What is replaced, letter by letter." required:"true"`
	Replace string     `json:"replace" title:"Replace by" help:"Empty to remove what is found."`
}

// Run implements node.Node.
func (n *Replace) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Field.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("output", value(strings.ReplaceAll(text, n.Find, n.Replace))), nil
}
