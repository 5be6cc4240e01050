package segment

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "conditional", Name: "Conditional segmentation", Icon: "filter-cog",
		New: func() node.Node { return &Conditional{TrueAction: "add", FalseAction: "remove"} },
		Out: []node.Port{
			{Name: "true", Doc: "The condition holds."},
			{Name: "false", Doc: "The condition does not hold."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.conditional.plugin.ProfileSegmentAction"},
		Examples: []node.Example{
			{
				Name: "loyal", Config: `{"condition": "profile@stats.visits > 1", "true_segment": "loyal", "false_segment": "loyal"}`,
				Payload: `{"a": 1}`, Port: "true", After: map[string]string{"profile@segments": `["loyal"]`},
			},
			{
				Name: "loyal no more", Config: `{"condition": "profile@stats.visits > 9", "true_segment": "loyal", "false_segment": "loyal"}`,
				Profile: `{"segments": ["loyal", "readers"]}`, Payload: `{"a": 1}`, Port: "false", After: map[string]string{"profile@segments": `["readers"]`},
			},
			{
				Name: "nothing else", Config: `{"condition": "profile@stats.visits > 9", "true_segment": "loyal", "false_action": "none"}`,
				Profile: `{"segments": ["loyal"]}`, Port: "false", After: map[string]string{"profile@segments": `["loyal"]`},
			},
			{
				Name: "a segment for the others", Config: `{"condition": "profile@stats.visits > 9", "true_segment": "new", "true_action": "remove", "false_segment": "new", "false_action": "add"}`,
				Port: "false", After: map[string]string{"profile@segments": `["new"]`},
			},
			{Name: "nobody", Config: `{"condition": "event@type = \"page-view\"", "true_segment": "loyal"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Conditional puts the person into a segment, or takes them out of one, as a condition says.
type Conditional struct {
	Condition    node.Condition `json:"condition" title:"Condition" help:"Such as profile@stats.visits > 5." required:"true"`
	TrueSegment  string         `json:"true_segment" title:"Segment if it holds" help:"What the action below is done with." kind:"segment"`
	TrueAction   string         `json:"true_action" title:"Action if it holds" help:"Put into the segment, take out of it, or neither." enum:"add,remove,none"`
	FalseSegment string         `json:"false_segment" title:"Segment if it does not hold" help:"What the action below is done with; empty for none." kind:"segment"`
	FalseAction  string         `json:"false_action" title:"Action if it does not hold" help:"Put into the segment, take out of it, or neither." enum:"add,remove,none"`
}

// Check implements node.Checker.
func (n *Conditional) Check() error {
	if n.TrueSegment == "" && n.FalseSegment == "" {
		return tracardi.InvalidField("true_segment", "there must be a segment for at least one of the two cases")
	}
	return nil
}

// Run implements node.Node.
func (n *Conditional) Run(_ context.Context, in *node.Input) (node.Output, error) {
	holds := n.Condition.Holds(in)
	segment, action := n.FalseSegment, n.FalseAction
	if holds {
		segment, action = n.TrueSegment, n.TrueAction
	}
	var err error
	switch {
	case segment == "":
	case action == "add":
		err = change(in, []string{segment}, nil)
	case action == "remove":
		err = change(in, nil, []string{segment})
	}
	return node.To(strconv.FormatBool(holds), in.Payload), err
}
