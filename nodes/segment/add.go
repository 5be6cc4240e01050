package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add", Name: "Add segment", Icon: "users-plus",
		New:     func() node.Node { return &Add{} },
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.add.plugin.AddSegmentAction"},
		Examples: []node.Example{
			{
				Name: "a buyer", Config: `{"segment": "buyers"}`, Profile: `{"segments": ["readers"]}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@segments": `["readers", "buyers"]`},
			},
			{
				Name: "several, some of them known", Config: `{"segment": ["buyers", "payload@plan"]}`, Profile: `{"segments": ["buyers"]}`,
				Payload: `{"plan": "gold"}`, Port: "payload", After: map[string]string{"profile@segments": `["buyers", "gold"]`},
			},
			{Name: "no name", Config: `{"segment": "payload@plan"}`, Payload: `{"plan": 5}`, Error: "must be a text"},
			{Name: "nobody", Config: `{"segment": "buyers"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Add puts the person into a segment, or into several.
type Add struct {
	Segment node.Value `json:"segment" title:"Segment" help:"A segment, a place such as event@properties.plan, or a list of them." required:"true" kind:"segment"`
}

// Run implements node.Node.
func (n *Add) Run(_ context.Context, in *node.Input) (node.Output, error) {
	segments, err := names(in, "segment", n.Segment)
	if err == nil {
		err = change(in, segments, nil)
	}
	return node.To("payload", in.Payload), err
}
