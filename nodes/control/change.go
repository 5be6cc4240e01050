package control

import (
	"context"
	"crypto/sha256"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "change", Name: "Value change", Icon: "delta",
		New: func() node.Node { return &Change{TTL: node.Seconds(1800), PerProfile: true} },
		Out: []node.Port{
			{Name: "pass", Doc: "The value differs from the last one, or there was none."},
			{Name: "stop", Doc: "The value is the same as the last one."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.operations.threshold.plugin.ValueThresholdAction"},
		Examples: []node.Example{
			{
				Name: "another city than before", Config: `{"name": "city", "value": "payload@city"}`,
				Payload: `{"city": "Oslo"}`, Port: "pass",
			},
			{
				Name: "the same city", Config: `{"name": "city", "value": "payload@city"}`,
				Payload: `{"city": "Rome"}`, Port: "stop",
			},
			{
				Name: "the first city of all visitors", Config: `{"name": "city", "value": "payload@city", "assign_to_profile": false}`,
				Payload: `{"city": "Rome"}`, Port: "pass",
			},
			{Name: "no value", Config: `{"name": "city", "value": "payload@city"}`, Error: "payload@city is missing"},
		},
	})
}

// Change lets a payload pass only when a value is another one than last time.
//
// The last value is kept for some time under a name of your choice, for each profile by itself or for all of them together.
// When that time is over, any value passes.
type Change struct {
	Name       string        `json:"name" title:"Name" help:"Under which this flow remembers the value." required:"true"`
	Value      node.Value    `json:"value" title:"Value" help:"What is compared, such as event@properties.city." required:"true"`
	TTL        node.Duration `json:"ttl" title:"Remember for" help:"How long the last value is kept; 0 for no limit."`
	PerProfile bool          `json:"assign_to_profile" title:"For each profile" help:"Else all profiles share one value."`
}

// Run implements node.Node.
func (n *Change) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	parts := []string{"change", flowID(in), n.Name}
	if profile := in.Profile(); n.PerProfile && profile != nil {
		parts = append(parts, profile.ID)
	}
	name := keyOf(parts...)
	sum := sha256.Sum256(tracardi.AppendValue(nil, value))
	changed, err := remember(ctx, in, name, sum[:], n.TTL)
	if err != nil {
		return node.Output{}, err
	}
	if !changed {
		return node.To("stop", in.Payload), nil
	}
	return node.To("pass", in.Payload), nil
}
