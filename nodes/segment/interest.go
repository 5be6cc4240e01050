package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-interest", Name: "Add interest", Icon: "heart-plus",
		New:     func() node.Node { return &AddInterest{Value: node.ValueOf("1.0")} },
		Aliases: []string{"tracardi.process_engine.action.v1.interest.add.plugin.AddInterestAction"},
		Examples: []node.Example{
			{
				Name: "a new one", Config: `{"interest": "sport"}`, Profile: `{"interests": {"music": 2}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@interests": `{"music": 2, "sport": 1}`},
			},
			{
				Name: "some are there", Config: `{"interest": ["music", "payload@topic"], "value": 0.5}`, Profile: `{"interests": {"music": 2}}`,
				Payload: `{"topic": "art"}`, Port: "payload", After: map[string]string{"profile@interests": `{"music": 2, "art": 0.5}`},
			},
			{Name: "no name", Config: `{"interest": "two words"}`, Error: "no name of an interest"},
			{Name: "no number", Config: `{"interest": "art", "value": "much"}`, Error: "no number"},
			{Name: "nobody", Config: `{"interest": "art"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// AddInterest notes an interest of the person, with a weight to begin with. An interest that is there keeps its weight.
type AddInterest struct {
	Interest node.Value `json:"interest" title:"Interest" help:"A name, a place such as event@properties.category, or a list of them." required:"true"`
	Value    node.Value `json:"value" title:"Weight" help:"A number, or the place of one."`
}

// Run implements node.Node.
func (n *AddInterest) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return weigh(in, n.Interest, n.Value, func(now float64, known bool, by float64) float64 {
		if known {
			return now
		}
		return by
	})
}

// weigh gives interests a new weight, which is made of the one that they have.
func weigh(in *node.Input, interest, value node.Value, next func(now float64, known bool, by float64) float64) (node.Output, error) {
	found, err := interests(in, interest)
	if err != nil {
		return node.Output{}, err
	}
	by, err := number(in, "value", value)
	if err != nil {
		return node.Output{}, err
	}
	for _, name := range found {
		now, known := weight(in, name)
		if after := next(now, known, by); after != now || !known && after != 0 {
			if err := in.Change("profile", interestsPath.Join(name), after); err != nil {
				return node.Output{}, err
			}
		}
	}
	return node.To("payload", in.Payload), nil
}
