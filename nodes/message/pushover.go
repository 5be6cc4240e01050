package message

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "pushover", Name: "Pushover", Icon: "device-mobile-message", Doc: "An application of Pushover and whom it tells.",
		New: func() any { return &PushoverApp{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "pushover", Name: "Pushover notification", Icon: "device-mobile-message",
		New:  func() node.Node { return &Pushover{} },
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.pushover.push.plugin.PushoverAction"},
		Examples: []node.Example{
			{
				Name: "a signup", Config: `{"source": "pushover", "message": "{{profile@data.pii.firstname}} is here"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}}}`, Port: "payload", Result: `{"status": 200, "body": {"status": 1, "request": "r1"}}`,
			},
			{
				Name: "a refusal", Config: `{"source": "pushover", "message": "wrong"}`, Port: "error",
				Result: `{"message": "Pushover answered 400 Bad Request: {\"status\": 0}", "status": 400, "body": {"status": 0}}`,
			},
			{Name: "no such field", Config: `{"source": "pushover", "message": "{{payload@name}}"}`, Error: "payload@name"},
		},
	})
}

// PushoverApp is a resource.
type PushoverApp struct {
	Token string `json:"token" title:"API token" help:"Of the application." secret:"true" required:"true"`
	User  string `json:"user" title:"User key" help:"Of the person or the group that is told." secret:"true" required:"true"`
}

// Pushover sends a notification to phones through Pushover. It goes on at the port payload with {"status": 200, "body": …}; a refusal goes
// on at the port error.
type Pushover struct {
	Source  node.Reference `json:"source" title:"Pushover" help:"The resource with the keys." kind:"resource:pushover" required:"true"`
	Message node.Template  `json:"message" title:"Message" help:"Up to 1024 characters, with places such as {{profile@id}}." widget:"textarea" required:"true"`
}

// Run implements node.Node.
func (n *Pushover) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	app := &PushoverApp{}
	if err := in.Resource(ctx, n.Source.ID, app); err != nil {
		return node.Output{}, err
	}
	text, err := n.Message.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	answer, err := call.Request{
		System: "Pushover", URL: "https://api.pushover.net/1/messages.json",
		Form: url.Values{"token": {app.Token}, "user": {app.User}, "message": {text}},
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	return answer.With("payload", map[string]any{"status": answer.Status, "body": answer.Content()}), nil
}
