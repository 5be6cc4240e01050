package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "copy", Name: "Copy data", Icon: "copy",
		New:     func() node.Node { return &Copy{} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.copy_trait_action.CopyTraitAction"},
		Examples: []node.Example{
			{
				Name:   "from the event to the profile",
				Config: `{"traits": {"set": {"profile@traits.color": "event@properties.color", "profile@traits.seen": true}}}`,
				Event:  `{"properties": {"color": "red"}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@traits.color": `"red"`, "profile@traits.seen": `true`},
			},
			{
				Name: "into the payload, one after another", Config: `{"traits": {"set": {"payload@b.c": "payload@a", "payload@d": "payload@b.c"}}}`,
				Payload: `{"a": 1}`, Port: "payload", Result: `{"a": 1, "b": {"c": 1}, "d": 1}`,
			},
			{
				Name: "a text that looks like a place stays a text", Config: `{"traits": {"set": {"profile@traits.note": "event@properties.note"}}}`,
				Event: `{"properties": {"note": "profile@id"}}`, Port: "payload",
				After: map[string]string{"profile@traits.note": `"profile@id"`},
			},
			{Name: "nothing to copy", Config: `{"traits": {"set": {"profile@traits.color": "event@properties.color"}}}`, Error: "event@properties.color is missing"},
			{Name: "no profile", Config: `{"traits": {"set": {"profile@traits.color": "red"}}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Copy writes values to places: each either a fixed value or what is at another place.
//
// The lines are done from top to bottom, and a line sees what the lines before it have written.
type Copy struct {
	Traits struct {
		Set node.Assignments `json:"set"`
	} `json:"traits" title:"Copies" help:"Places with what goes there, such as profile@traits.color: event@properties.color."`
}

// Check implements node.Checker.
func (n *Copy) Check() error { return writable("traits", n.Traits.Set) }

// writable refuses assignments to what can only be read.
func writable(setting string, assignments node.Assignments) error {
	for _, one := range assignments {
		if one.To.Field().Source == "flow" {
			return tracardi.InvalidField(setting, "%v can only be read", one.To)
		}
	}
	return nil
}

// Run implements node.Node.
func (n *Copy) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for _, one := range n.Traits.Set {
		value, err := one.Value.Resolve(in)
		if err != nil {
			return node.Output{}, err
		}
		if err := one.To.Set(in, value); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}
