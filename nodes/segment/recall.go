package segment

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "recall", Name: "Recall segment", Icon: "bookmark-off",
		New:     func() node.Node { return &Recall{} },
		Aliases: []string{"com_tracardi.action.v1.segmentation.recall.plugin.RecallSegmentAction"},
		Examples: []node.Example{
			{
				Name: "as before", Config: `{"memory_key": "before"}`, Profile: `{"segments": ["buyers"]}`, Memory: `{"before": ["readers"]}`,
				Payload: `{"a": 1}`, Port: "payload", After: map[string]string{"profile@segments": `["readers"]`},
			},
			{Name: "nothing was kept", Config: `{"memory_key": "before"}`, Error: "memory@before holds no segments"},
			{Name: "something else was kept", Config: `{"memory_key": "before"}`, Memory: `{"before": [5]}`, Error: "memory@before holds no segments"},
			{Name: "nobody", Config: `{"memory_key": "before"}`, Profile: "null", Memory: `{"before": []}`, Error: "no profile"},
		},
	})
}

// Recall puts the person into the segments that Memorize segment has kept, and out of all others.
type Recall struct {
	Key string `json:"memory_key" title:"Key" help:"The name in the memory." required:"true"`
}

// Run implements node.Node.
func (n *Recall) Run(_ context.Context, in *node.Input) (node.Output, error) {
	kept, _ := in.Look("memory", expr.Path{}.Join(n.Key))
	list, ok := kept.([]any)
	segments := []string{}
	for _, item := range list {
		name, isText := item.(string)
		ok = ok && isText
		segments = append(segments, name)
	}
	if !ok {
		return node.Output{}, tracardi.InvalidField("memory_key", "memory@%s holds no segments", n.Key)
	}
	return node.To("payload", in.Payload), write(in, segments)
}
