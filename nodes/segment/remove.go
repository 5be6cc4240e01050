package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "remove", Name: "Delete segment", Icon: "users-minus",
		New:     func() node.Node { return &Remove{} },
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.delete.plugin.DeleteSegmentAction"},
		Examples: []node.Example{
			{
				Name: "no buyer any more", Config: `{"segment": "buyers"}`, Profile: `{"segments": ["readers", "buyers"]}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@segments": `["readers"]`},
			},
			{Name: "never a buyer", Config: `{"segment": "buyers"}`, Port: "payload", After: map[string]string{"profile@segments": `null`}},
			{Name: "nobody", Config: `{"segment": "buyers"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Remove takes the person out of a segment, or out of several.
type Remove struct {
	Segment node.Value `json:"segment" title:"Segment" help:"A segment, a place such as event@properties.plan, or a list of them." required:"true" kind:"segment"`
}

// Run implements node.Node.
func (n *Remove) Run(_ context.Context, in *node.Input) (node.Output, error) {
	segments, err := names(in, "segment", n.Segment)
	if err == nil {
		err = change(in, nil, segments)
	}
	return node.To("payload", in.Payload), err
}
