package data

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "respond", Name: "Create response", Icon: "message-reply",
		New:     func() node.Node { return &Respond{Default: true, Body: node.ValueOf(map[string]any{})} },
		Aliases: []string{"tracardi.process_engine.action.v1.internal.add_response.plugin.CreateResponseAction"},
		Import:  node.FromJSONText("body"),
		Examples: []node.Example{
			{
				Name: "a greeting for the page", Config: `{"key": "greeting", "body": {"name": "profile@traits.name", "visits": "profile@stats.visits"}}`,
				Payload: `{"a": 1}`, Port: "payload", Result: `{"name": null, "visits": 2}`,
			},
			{
				Name: "what is missing is an error", Config: `{"key": "greeting", "body": {"name": "profile@traits.name"}, "default": false}`,
				Error: "profile@traits.name is missing",
			},
			{Name: "a single value", Config: `{"key": "kind", "body": "event@type"}`, Payload: `{"a": 1}`, Port: "payload"},
		},
	})
}

// Respond puts data into the answer that the sender of the event gets, under response.KEY. A web page sees it in
// window.onTracardiReady. The object also is the payload from here on.
//
// It has no effect once the answer is sent: after a wait, in the background, or when the source takes events without an answer.
type Respond struct {
	Key     string     `json:"key" title:"Key" help:"The name in the answer; blanks become _ and letters small." required:"true"`
	Body    node.Value `json:"body" title:"Answer" help:"Such as {\"name\": \"profile@data.pii.firstname\"}." widget:"json"`
	Default bool       `json:"default" title:"Missing is null" help:"What is not there becomes null; else it is an error."`
}

// Run implements node.Node.
func (n *Respond) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Body.Shape(in, expr.ReshapeOptions{UseDefault: n.Default})
	if err != nil {
		return node.Output{}, err
	}
	in.Respond(strings.ToLower(strings.ReplaceAll(n.Key, " ", "_")), value)
	if payload, ok := value.(map[string]any); ok {
		return node.To("payload", payload), nil
	}
	return node.To("payload", in.Payload), nil
}
