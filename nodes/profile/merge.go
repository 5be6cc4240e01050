package profile

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "merge", Name: "Merge profiles", Icon: "users-group",
		New:     func() node.Node { return &Merge{} },
		Aliases: []string{"tracardi.process_engine.action.v1.operations.merge_profiles_action.MergeProfilesAction"},
		Examples: []node.Example{
			{
				Name: "everyone with this address", Config: `{"mergeBy": ["profile@data.contact.email.main", "profile@data.contact.phone.main"]}`,
				Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}}}`, Payload: `{"a": 1}`, Port: "payload",
			},
			{Name: "nobody", Config: `{"mergeBy": ["profile@data.contact.email.main"]}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Merge looks for other profiles of the same person when the flow is over: those that have the same value in one of the fields
// become one with this profile. Fields without a value are left out, since they say nothing about who somebody is.
type Merge struct {
	By []node.Path `json:"mergeBy" title:"Fields" help:"Such as profile@data.contact.email.main." required:"true"`
}

// Check implements node.Checker.
func (n *Merge) Check() error {
	for _, field := range n.By {
		if field.Field().Source != "profile" {
			return tracardi.InvalidField("mergeBy", "%q is no field of the profile", field)
		}
	}
	return nil
}

// Run implements node.Node.
func (n *Merge) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Profile() == nil {
		return node.Output{}, errNoProfile
	}
	for _, field := range n.By {
		if value, ok := field.Get(in); ok && value != nil && value != "" {
			in.Merge(field.Field().Path.String())
		}
	}
	return node.To("payload", in.Payload), nil
}
