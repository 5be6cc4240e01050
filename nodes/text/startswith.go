package text

import (
	"context"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "starts-with", Name: "Starts with", Icon: "letter-a",
		New: func() node.Node { return &StartsWith{} },
		Out: []node.Port{
			{Name: "true", Doc: "The text begins with it."},
			{Name: "false", Doc: "It does not, or the field is not there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.starts_with_action.StartsWithAction"},
		Examples: []node.Example{
			{
				Name: "it does", Config: `{"field": "payload@host", "prefix": "www"}`,
				Payload: `{"host": "www.example.com"}`, Port: "true",
			},
			{
				Name: "it does not", Config: `{"field": "payload@host", "prefix": "WWW"}`,
				Payload: `{"host": "www.example.com"}`, Port: "false",
			},
			{Name: "no such field", Config: `{"field": "payload@host", "prefix": "www"}`, Port: "false"},
		},
	})
}

// StartsWith goes on at the port true when a text begins with another, else at the port false. Capitals and small letters differ. A field that
// is not in the data goes on at the port false, with a warning.
type StartsWith struct {
	Field node.Value `json:"field" title:"Text" help:"A place such as event@properties.host, or the text itself." required:"true"`
	Part  string     `json:"prefix" title:"Beginning" help:"What is looked for, letter by letter." required:"true"`
}

// Run implements node.Node.
func (n *StartsWith) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, ok := sought(in, n.Field)
	return node.To(strconv.FormatBool(ok && strings.HasPrefix(text, n.Part)), in.Payload), nil
}
