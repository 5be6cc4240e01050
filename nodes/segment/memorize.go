package segment

import (
	"context"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "memorize", Name: "Memorize segment", Icon: "bookmark",
		New:     func() node.Node { return &Memorize{} },
		Aliases: []string{"com_tracardi.action.v1.segmentation.memorize.plugin.MemorizeSegmentAction"},
		Examples: []node.Example{
			{
				Name: "before a change", Config: `{"memory_key": "before"}`, Profile: `{"segments": ["buyers"]}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"memory@before": `["buyers"]`},
			},
			{Name: "in none", Config: `{"memory_key": "before"}`, Port: "payload", After: map[string]string{"memory@before": `[]`}},
			{Name: "nobody", Config: `{"memory_key": "before"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Memorize keeps the segments that the person is in now in the memory of the run, where conditions see them as memory@KEY and
// Recall segment brings them back.
type Memorize struct {
	Key string `json:"memory_key" title:"Key" help:"The name in the memory." required:"true"`
}

// Run implements node.Node.
func (n *Memorize) Run(_ context.Context, in *node.Input) (node.Output, error) {
	segments, err := current(in)
	if err != nil {
		return node.Output{}, err
	}
	list := make([]any, len(segments))
	for i, name := range segments {
		list[i] = name
	}
	return node.To("payload", in.Payload), in.Change("memory", expr.Path{}.Join(n.Key), list)
}
