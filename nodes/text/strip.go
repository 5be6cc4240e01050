package text

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "strip", Name: "Remove characters", Icon: "eraser",
		New:     func() node.Node { return &Strip{} },
		Out:     []node.Port{{Name: "removed", Doc: "What is left, as value."}},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_stripper.plugin.StringStripper"},
		Examples: []node.Example{
			{
				Name: "all but the digits of a price", Config: `{"string": "event@properties.price", "to_remove": "$, "}`,
				Event: `{"properties": {"price": "$ 1,200.50"}}`, Port: "removed", Result: `{"value": "1200.50"}`,
			},
			{
				Name: "characters mean themselves", Config: `{"string": "a[b]-c^d", "to_remove": "[]^-"}`,
				Port: "removed", Result: `{"value": "abcd"}`,
			},
			{Name: "no such field", Config: `{"string": "event@properties.price", "to_remove": "$"}`, Error: "event@properties.price is missing"},
		},
	})
}

// Strip removes each of some characters from a text. The payload is then {"value": "what is left"}.
type Strip struct {
	Text   node.Value `json:"string" title:"Text" help:"A place such as event@properties.price, or the text itself." required:"true"`
	Remove string     `json:"to_remove" title:"Characters" help:"Each of these is removed, wherever it stands." required:"true"`
}

// Run implements node.Node.
func (n *Strip) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	left := strings.Map(func(r rune) rune {
		if strings.ContainsRune(n.Remove, r) {
			return -1
		}
		return r
	}, text)
	return node.To("removed", value(left)), nil
}
