package segment

import (
	"context"
	"slices"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "has", Name: "Has segment", Icon: "user-search",
		New: func() node.Node { return &Has{} },
		Out: []node.Port{
			{Name: "True", Doc: "The person is in the segment."},
			{Name: "False", Doc: "The person is not in it, or the event has no profile."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.has.plugin.HasSegmentAction"},
		Examples: []node.Example{
			{Name: "a buyer", Config: `{"segment": "buyers"}`, Profile: `{"segments": ["buyers"]}`, Payload: `{"a": 1}`, Port: "True"},
			{Name: "no buyer", Config: `{"segment": "buyers"}`, Payload: `{"a": 1}`, Port: "False"},
			{Name: "nobody", Config: `{"segment": "buyers"}`, Profile: "null", Port: "False"},
			{Name: "in one of two", Config: `{"segment": ["buyers", "readers"]}`, Profile: `{"segments": ["buyers"]}`, Port: "False"},
			{Name: "nothing to ask for", Config: `{"segment": "payload@s"}`, Error: "payload@s is missing"},
		},
	})
}

// Has goes on at the port True when the person is in a segment, else at the port False. Of several segments the person must be
// in all.
type Has struct {
	Segment node.Value `json:"segment" title:"Segment" help:"A segment, a place such as event@properties.plan, or a list of them." required:"true" kind:"segment"`
}

// Run implements node.Node.
func (n *Has) Run(_ context.Context, in *node.Input) (node.Output, error) {
	wanted, err := names(in, "segment", n.Segment)
	if err != nil {
		return node.Output{}, err
	}
	profile := in.Profile()
	if profile == nil || slices.ContainsFunc(wanted, func(name string) bool { return !slices.Contains(profile.Segments, name) }) {
		return node.To("False", in.Payload), nil
	}
	return node.To("True", in.Payload), nil
}
