package data

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "template", Name: "Template", Icon: "template",
		New:     func() node.Node { return &Template{} },
		Out:     []node.Port{{Name: "template", Doc: "The text that was made."}},
		Aliases: []string{"tracardi.process_engine.action.v1.template_action.TemplateAction"},
		Examples: []node.Example{
			{
				Name: "a greeting", Config: `{"template": "Dear {{profile@data.pii.firstname}}, you have {{payload@n}} points."}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}}}`, Payload: `{"n": 5}`,
				Port: "template", Result: `{"template": "Dear Ann, you have 5 points."}`,
			},
			{Name: "a name that is not known", Config: `{"template": "Dear {{profile@data.pii.firstname}}"}`, Error: "profile@data.pii.firstname is missing"},
		},
	})
}

// Template makes a text: places in double braces are replaced by what is there.
type Template struct {
	Template node.Template `json:"template" title:"Text" help:"Such as Dear {{profile@data.pii.firstname}}." required:"true" widget:"textarea"`
}

// Run implements node.Node.
func (n *Template) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Template.Render(in)
	return node.To("template", map[string]any{"template": text}), err
}
