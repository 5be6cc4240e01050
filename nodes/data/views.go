package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "views", Name: "Increase views", Icon: "eye-plus",
		New:     func() node.Node { return &Views{} },
		Aliases: []string{"tracardi.process_engine.action.v1.increase_views_action.IncreaseViewsAction"},
		Examples: []node.Example{
			{
				Name: "one more", Profile: `{"stats": {"views": 4}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@stats.views": `5`},
			},
			{Name: "no profile", Profile: "null", Error: "no profile"},
		},
	})
}

// Views adds one to the pages that the person has seen, profile@stats.views.
type Views struct{}

var viewsPlace = node.PathTo("profile@stats.views")

// Run implements node.Node.
func (n *Views) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if err := count(in, viewsPlace, 1); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}
