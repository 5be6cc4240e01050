package message

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "discord", Name: "Discord", Icon: "brand-discord", Doc: "A webhook of a Discord channel.",
		New: func() any { return &DiscordHook{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "discord", Name: "Discord message", Icon: "brand-discord",
		New:  func() node.Node { return &Discord{Timeout: 10} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.discord.push.plugin.DiscordWebHookAction"},
		Examples: []node.Example{
			{
				Name: "a signup", Config: `{"resource": "discord", "message": "{{profile@data.pii.firstname}} is here", "username": "Shop"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}}}`, Payload: `{"a": 1}`, Port: "response",
			},
			{
				Name: "a refusal", Config: `{"resource": "discord", "message": "wrong"}`, Port: "error",
				Result: `{"message": "Discord answered 400 Bad Request: {\"code\": 50006}", "status": 400, "content": {"code": 50006}}`,
			},
			{Name: "no such field", Config: `{"resource": "discord", "message": "{{payload@name}}"}`, Error: "payload@name"},
		},
	})
}

// DiscordHook is a resource.
type DiscordHook struct {
	URL string `json:"url" title:"Webhook" help:"Its URL, from the channel's settings, Integrations." secret:"true" required:"true"`
}

// Discord posts a message to a channel of Discord through a webhook. The payload goes on at the port response; a refusal goes on at the
// port error. Words such as @everyone in the message call nobody.
type Discord struct {
	Resource node.Reference `json:"resource" title:"Discord" help:"The resource with the webhook." kind:"resource:discord" required:"true"`
	Message  node.Template  `json:"message" title:"Message" help:"Up to 2000 characters, with places such as {{profile@id}}." widget:"textarea" required:"true"`
	Username string         `json:"username" title:"Sender" help:"The name over the message; empty for that of the webhook."`
	Timeout  int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *Discord) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	hook := &DiscordHook{}
	if err := in.Resource(ctx, n.Resource.ID, hook); err != nil {
		return node.Output{}, err
	}
	text, err := n.Message.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	body := map[string]any{"content": text, "allowed_mentions": map[string]any{"parse": []string{}}}
	if n.Username != "" {
		body["username"] = n.Username
	}
	answer, err := call.Request{System: "Discord", URL: hook.URL, JSON: body, Timeout: time.Duration(n.Timeout) * time.Second}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	return node.To("response", in.Payload), nil
}
