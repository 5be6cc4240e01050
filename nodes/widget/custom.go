package widget

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "custom", Name: "Custom widget", Icon: "puzzle",
		New: func() node.Node { return &Custom{} },
		Aliases: []string{
			"tracardi.process_engine.action.v1.ux._generic.plugin.GenericUixPlugin",
			"com_tracardi.action.v1.ux.generic.plugin.GenericUixPlugin",
		},
		Examples: []node.Example{
			{Name: "a widget of your own", Config: `{"uix_source": "https://cdn.example/index.js", "props": {"class": "my-widget", "data-who": "profile@id"}}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "an attribute with nothing", Config: `{"uix_source": "https://cdn.example/index.js", "props": {"data-who": "payload@who"}}`, Error: "payload@who is missing"},
			{Name: "attributes that are none", Config: `{"uix_source": "https://cdn.example/index.js", "props": "event@type"}`, Error: "props"},
		},
	})
}

// Custom shows a widget that you have written: an empty div with attributes, and the script that finds it and fills it.
type Custom struct {
	Source string     `json:"uix_source" title:"Script" help:"The address of the widget's script, such as https://cdn.example/index.js." required:"true"`
	Props  node.Value `json:"props" title:"Attributes" help:"Of the div, such as {\"class\": \"my-widget\", \"data-who\": \"profile@id\"}." widget:"json"`
}

// Check implements node.Checker.
func (n *Custom) Check() error {
	if !strings.HasSuffix(n.Source, ".js") {
		return tracardi.InvalidField("uix_source", "must be the address of a script, which ends with .js")
	}
	return addresses(map[string]string{"uix_source": n.Source})
}

// Run implements node.Node.
func (n *Custom) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Props.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	props, ok := value.(map[string]any)
	if !ok && value != nil {
		return node.Output{}, tracardi.InvalidField("props", "is no object")
	}
	if props == nil {
		props = map[string]any{}
	}
	in.Show(map[string]any{"tag": "div", "props": props})
	load(in, n.Source)
	return node.To("payload", in.Payload), nil
}
