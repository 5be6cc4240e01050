package control

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "exists", Name: "Data exists", Icon: "zoom-check",
		New: func() node.Node { return &Exists{Property: node.PathTo("profile@data.contact.email.main")} },
		Out: []node.Port{
			{Name: "true", Doc: "There is a value."},
			{Name: "false", Doc: "There is nothing, null or an empty text."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.flow.property_exists.plugin.PropertyExistsAction"},
		Examples: []node.Example{
			{
				Name: "a known address", Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}}}`,
				Payload: `{"a": 1}`, Port: "true",
			},
			{Name: "no address", Port: "false"},
			{Name: "an empty text", Config: `{"property": "payload@name"}`, Payload: `{"name": ""}`, Port: "false"},
			{Name: "null", Config: `{"property": "payload@name"}`, Payload: `{"name": null}`, Port: "false"},
			{Name: "zero is a value", Config: `{"property": "payload@n"}`, Payload: `{"n": 0}`, Port: "true"},
		},
	})
}

// Exists goes on at the port true when there is a value at a place in the data, else at the port false. Null and an empty text
// are no values; zero and false are.
type Exists struct {
	Property node.Path `json:"property" title:"Place" help:"Where the value should be, such as profile@data.contact.email.main." required:"true"`
}

// Run implements node.Node.
func (n *Exists) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, ok := n.Property.Get(in)
	return node.To(strconv.FormatBool(ok && value != nil && value != ""), in.Payload), nil
}
