package text

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "split", Name: "Split text", Icon: "cut",
		New:     func() node.Node { return &Split{Delimiter: "."} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_splitter.plugin.SplitterAction"},
		Examples: []node.Example{
			{
				Name: "colors", Config: `{"string": "event@properties.colors", "delimiter": ","}`, Event: `{"properties": {"colors": "red, green ,blue"}}`,
				Port: "payload", Result: `{"result": ["red", "green", "blue"]}`,
			},
			{Name: "at dots, as nothing else is said", Config: `{"string": "www.example.com"}`, Port: "payload", Result: `{"result": ["www", "example", "com"]}`},
			{Name: "no such field", Config: `{"string": "event@properties.colors"}`, Error: "event@properties.colors is missing"},
		},
	})
}

// Split cuts a text into a list of texts wherever a delimiter stands, and takes the spaces around each away. The payload is then
// {"result": ["red", "green"]}.
type Split struct {
	Text      node.Value `json:"string" title:"Text" help:"A place such as event@properties.colors, or the text itself." required:"true"`
	Delimiter string     `json:"delimiter" title:"Delimiter" help:"What stands between the parts." required:"true"`
}

// Run implements node.Node.
func (n *Split) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	parts := []any{}
	for part := range strings.SplitSeq(text, n.Delimiter) {
		parts = append(parts, strings.TrimSpace(part))
	}
	return node.To("payload", map[string]any{"result": parts}), nil
}
