package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "increase-interest", Name: "Increase interest", Icon: "trending-up",
		New:     func() node.Node { return &IncreaseInterest{Value: node.ValueOf("1.0")} },
		Aliases: []string{"tracardi.process_engine.action.v1.interest.increase.plugin.IncreaseInterestAction"},
		Examples: []node.Example{
			{
				Name: "what was looked at", Config: `{"interest": "event@properties.category", "value": "0.5"}`, Event: `{"properties": {"category": "music"}}`,
				Profile: `{"interests": {"music": 2}}`, Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@interests": `{"music": 2.5}`},
			},
			{Name: "a new one", Config: `{"interest": "art"}`, Port: "payload", After: map[string]string{"profile@interests": `{"art": 1}`}},
			{Name: "no name", Config: `{"interest": "a.b"}`, Error: "no name of an interest"},
			{Name: "nobody", Config: `{"interest": "art"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// IncreaseInterest makes an interest of the person stronger. A new one begins at 0.
type IncreaseInterest struct {
	Interest node.Value `json:"interest" title:"Interest" help:"A name, a place such as event@properties.category, or a list of them." required:"true"`
	Value    node.Value `json:"value" title:"By" help:"A number, or the place of one."`
}

// Run implements node.Node.
func (n *IncreaseInterest) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return weigh(in, n.Interest, n.Value, func(now float64, _ bool, by float64) float64 { return now + by })
}
