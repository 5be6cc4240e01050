package web

import (
	"context"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "zapier", Name: "Zapier webhook", Icon: "bolt",
		New:  func() node.Node { return &Zapier{Timeout: 10, Body: node.ValueOf(map[string]any{})} },
		Out:  ports,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.zapier.webhook.plugin.ZapierWebHookAction"},
		Import:  node.FromJSONText("body"),
		Examples: []node.Example{
			{
				Name: "tell of an event", Config: `{"url": "https://hooks.zapier.com/hooks/catch/1/a/", "body": {"type": "event@type"}}`,
				Port: "response", Result: `{"status": 201, "content": {"taken": true}}`,
			},
			{
				Name: "no such hook", Config: `{"url": "https://hooks.zapier.com/nobody"}`, Port: "error",
				Result: `{"message": "Zapier answered 404 Not Found: nobody", "status": 404, "content": "nobody"}`,
			},
			{Name: "no such field", Config: `{"url": "https://hooks.zapier.com/hooks/catch/1/a/", "body": {"a": "payload@a"}}`, Error: "payload@a is missing"},
		},
	})
}

// Zapier sends JSON to a webhook of Zapier, and goes on at the port response with {"status": 200, "content": …}. A refusal goes on at the
// port error. Texts in the body such as profile@data.contact.email.main stand for what is there.
type Zapier struct {
	URL     string     `json:"url" title:"URL" help:"As Zapier shows it for the trigger Webhooks, Catch Hook." required:"true"`
	Body    node.Value `json:"body" title:"Body" help:"What is sent, as JSON."`
	Timeout int        `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Check implements node.Checker.
func (n *Zapier) Check() error { return checkURL("url", n.URL) }

// Run implements node.Node.
func (n *Zapier) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	body, err := n.Body.Shape(in, expr.ReshapeOptions{})
	if err != nil {
		return node.Output{}, err
	}
	return call.Request{System: "Zapier", URL: n.URL, JSON: body, Timeout: seconds(n.Timeout)}.Output(ctx, in, "response")
}
