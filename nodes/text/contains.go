package text

import (
	"context"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "contains", Name: "Contains text", Icon: "search",
		New: func() node.Node { return &Contains{} },
		Out: []node.Port{
			{Name: "true", Doc: "The text contains it."},
			{Name: "false", Doc: "It does not, or the field is not there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.contains_string_action.ContainsStringAction"},
		Examples: []node.Example{
			{
				Name: "it does", Config: `{"field": "payload@host", "substring": "example"}`,
				Payload: `{"host": "www.example.com"}`, Port: "true",
			},
			{
				Name: "it does not", Config: `{"field": "payload@host", "substring": "WWW"}`,
				Payload: `{"host": "www.example.com"}`, Port: "false",
			},
			{Name: "no such field", Config: `{"field": "payload@host", "substring": "www"}`, Port: "false"},
		},
	})
}

// Contains goes on at the port true when a text contains another, else at the port false. Capitals and small letters differ. A field that
// is not in the data goes on at the port false, with a warning.
type Contains struct {
	Field node.Value `json:"field" title:"Text" help:"A place such as event@properties.host, or the text itself." required:"true"`
	Part  string     `json:"substring" title:"Text within" help:"What is looked for, letter by letter." required:"true"`
}

// Run implements node.Node.
func (n *Contains) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, ok := sought(in, n.Field)
	return node.To(strconv.FormatBool(ok && strings.Contains(text, n.Part)), in.Payload), nil
}
