package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "move", Name: "Move segment", Icon: "arrow-move-right",
		New:     func() node.Node { return &Move{} },
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.move.plugin.MoveSegmentAction"},
		Examples: []node.Example{
			{
				Name: "from trial to paying", Config: `{"from_segment": "trial", "to_segment": "paying"}`, Profile: `{"segments": ["trial", "readers"]}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@segments": `["readers", "paying"]`},
			},
			{
				Name: "not in the first", Config: `{"from_segment": "trial", "to_segment": "paying"}`, Port: "payload",
				After: map[string]string{"profile@segments": `["paying"]`},
			},
			{Name: "nobody", Config: `{"from_segment": "trial", "to_segment": "paying"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Move takes the person out of one segment and puts them into another, also when they were not in the first.
type Move struct {
	From node.Value `json:"from_segment" title:"From" help:"The segment to leave." required:"true" kind:"segment"`
	To   node.Value `json:"to_segment" title:"To" help:"The segment to be in." required:"true" kind:"segment"`
}

// Run implements node.Node.
func (n *Move) Run(_ context.Context, in *node.Input) (node.Output, error) {
	from, err := names(in, "from_segment", n.From)
	if err != nil {
		return node.Output{}, err
	}
	to, err := names(in, "to_segment", n.To)
	if err == nil {
		err = change(in, to, from)
	}
	return node.To("payload", in.Payload), err
}
