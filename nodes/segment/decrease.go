package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "decrease-interest", Name: "Decrease interest", Icon: "trending-down",
		New:     func() node.Node { return &DecreaseInterest{Value: node.ValueOf("1.0")} },
		Aliases: []string{"tracardi.process_engine.action.v1.interest.decrease.plugin.DecreaseInterestAction"},
		Examples: []node.Example{
			{
				Name: "less music", Config: `{"interest": "music", "value": "0.5"}`, Profile: `{"interests": {"music": 2}}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@interests": `{"music": 1.5}`},
			},
			{Name: "one that is not there", Config: `{"interest": "art"}`, Port: "payload", After: map[string]string{"profile@interests.art": `null`}},
			{Name: "no name", Config: `{"interest": "payload@a"}`, Payload: `{"a": ""}`, Error: "must be a text"},
			{Name: "nobody", Config: `{"interest": "art"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// DecreaseInterest makes an interest of the person weaker. One that the person does not have is left alone.
type DecreaseInterest struct {
	Interest node.Value `json:"interest" title:"Interest" help:"A name, a place such as event@properties.category, or a list of them." required:"true"`
	Value    node.Value `json:"value" title:"By" help:"A number, or the place of one."`
}

// Run implements node.Node.
func (n *DecreaseInterest) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return weigh(in, n.Interest, n.Value, func(now float64, known bool, by float64) float64 {
		if !known {
			return 0
		}
		return now - by
	})
}
