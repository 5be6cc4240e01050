package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "force", Name: "Force segmentation", Icon: "refresh",
		New:     func() node.Node { return &Force{} },
		Aliases: []string{"tracardi.process_engine.action.v1.segmentation.force.plugin.SegmentProfileAction"},
		Examples: []node.Example{
			{
				Name: "look at the profile again", Profile: `{"metadata": {"time": {"segmentation": "2026-03-01T00:00:00.000000Z"}}}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@metadata.time.segmentation": `null`},
			},
			{Name: "nobody", Profile: "null", Error: "no profile"},
		},
	})
}

// Force marks the profile as one that was never compared with the segments: it clears profile@metadata.time.segmentation. The next
// time that segments are computed, it is among those that they look at. The node itself compares nothing.
type Force struct{}

var segmentationPath = expr.MustPath("metadata.time.segmentation")

// Run implements node.Node.
func (n *Force) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.To("payload", in.Payload), in.Change("profile", segmentationPath, nil)
}
