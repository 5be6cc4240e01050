package widget

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "script", Name: "Javascript tag", Icon: "brand-javascript",
		New:     func() node.Node { return &Script{} },
		Out:     []node.Port{{Name: "response", Doc: "The script is in the answer."}},
		Aliases: []string{"tracardi.process_engine.action.v1.ux.custom_js.plugin.GenericJsScriptPlugin"},
		Import:  node.FromJSONText("attributes"),
		Examples: []node.Example{
			{Name: "a script of your own", Config: `{"content": "console.log('hello')", "attributes": {"data-who": "profile@id"}}`, Payload: `{"a": 1}`, Port: "response"},
			{Name: "an attribute with nothing", Config: `{"attributes": {"data-who": "payload@who"}}`, Error: "payload@who is missing"},
			{Name: "attributes that are none", Config: `{"attributes": "event@type"}`, Error: "attributes"},
		},
	})
}

// Script runs a script in the page. The script itself is fixed, so that no data can become code; give it data as attributes,
// which it reads from document.currentScript.dataset.
type Script struct {
	Attributes node.Value `json:"attributes" title:"Attributes" help:"Of the script element, such as {\"src\": \"https://cdn.example/a.js\", \"data-who\": \"profile@id\"}." widget:"json"`
	Content    string     `json:"content" title:"Script" help:"JavaScript; empty for a script from elsewhere." widget:"code"`
}

// Run implements node.Node.
func (n *Script) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Attributes.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	attributes, ok := value.(map[string]any)
	if !ok && value != nil {
		return node.Output{}, tracardi.InvalidField("attributes", "is no object")
	}
	if attributes == nil {
		attributes = map[string]any{}
	}
	in.Show(map[string]any{"tag": "script", "props": attributes, "content": n.Content})
	return node.To("response", in.Payload), nil
}
