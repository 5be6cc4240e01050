package control

import (
	"context"
	"maps"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "profile-conditions", Name: "Resolve conditions into profile fields", Icon: "user-check",
		New:     func() node.Node { return &ProfileConditions{} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.assign_condition_result.plugin.AssignConditionResultPlugin"},
		Examples: []node.Example{
			{
				Name:    "remember who is loyal",
				Config:  `{"conditions": {"profile@traits.loyal": "profile@stats.visits > 1", "traits.rich": "event@properties.total >= 1000"}}`,
				Profile: `{"stats": {"visits": 3}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@traits.loyal": `true`, "profile@traits.rich": `false`},
			},
			{Name: "nobody to remember it of", Config: `{"conditions": {"traits.a": "payload@a = 1"}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// ProfileConditions finds out which of several conditions hold, and writes true or false to a field of the profile for each.
//
// All conditions are looked at before anything is written.
type ProfileConditions struct {
	Conditions map[string]node.Condition `json:"conditions" title:"Conditions" help:"Fields of the profile, such as profile@traits.loyal, with conditions." required:"true"`

	fields map[string]node.Path
}

// Check implements node.Checker.
func (n *ProfileConditions) Check() error {
	n.fields = map[string]node.Path{}
	for _, name := range slices.Sorted(maps.Keys(n.Conditions)) {
		var field node.Path
		if err := field.UnmarshalText([]byte(name)); err != nil {
			if err := field.UnmarshalText([]byte("profile@" + name)); err != nil {
				return tracardi.InvalidField("conditions", "%v", err)
			}
		}
		if field.Field().Source != "profile" {
			return tracardi.InvalidField("conditions", "%q is no field of the profile", name)
		}
		n.fields[name] = field
	}
	return nil
}

// Run implements node.Node.
func (n *ProfileConditions) Run(_ context.Context, in *node.Input) (node.Output, error) {
	results := map[string]bool{}
	for name, condition := range n.Conditions {
		results[name] = condition.Holds(in)
	}
	for _, name := range slices.Sorted(maps.Keys(results)) {
		if err := n.fields[name].Set(in, results[name]); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}
