package message

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "slack", Name: "Slack", Icon: "brand-slack", Doc: "An app of a Slack workspace.",
		New: func() any { return &SlackApp{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "slack", Name: "Slack message", Icon: "brand-slack",
		New:  func() node.Node { return &Slack{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.slack.send_message.plugin.SlackPoster"},
		Examples: []node.Example{
			{
				Name: "a signup", Config: `{"source": "slack", "channel": "#people", "message": "*{{profile@data.pii.firstname}}* is here"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann <!channel> & Bob"}}}`, Port: "response", Result: `{"ok": true, "channel": "C1", "ts": "1.2"}`,
			},
			{
				Name: "no such channel", Config: `{"source": "slack", "channel": "#nowhere", "message": "Hello"}`, Port: "error",
				Result: `{"message": "Slack refused the message: channel_not_found", "ok": false, "error": "channel_not_found"}`,
			},
			{Name: "no such field", Config: `{"source": "slack", "channel": "payload@channel", "message": "Hello"}`, Error: "payload@channel is missing"},
		},
	})
}

// SlackApp is a resource.
type SlackApp struct {
	Token string `json:"token" title:"Bot token" help:"Begins with xoxb-; the app needs the scope chat:write." secret:"true" required:"true"`
}

// Slack posts a message to a channel of Slack. What Slack answers goes on at the port response, such as {"ok": true, "ts": "…"}; a refusal
// goes on at the port error. The message may use Slack's marks, such as *bold*; what is filled in can't call anybody.
type Slack struct {
	Source  node.Reference `json:"source" title:"Slack" help:"The resource with the token." kind:"resource:slack" required:"true"`
	Channel node.Value     `json:"channel" title:"Channel" help:"Such as #sales, an id, or a place that holds one." required:"true"`
	Message node.Template  `json:"message" title:"Message" help:"With places such as {{profile@id}}." widget:"textarea" required:"true"`
}

// slackMarks are the characters that Slack wants escaped.
var slackMarks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Run implements node.Node.
func (n *Slack) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	app := &SlackApp{}
	if err := in.Resource(ctx, n.Source.ID, app); err != nil {
		return node.Output{}, err
	}
	channel, err := n.Channel.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	text, err := n.Message.RenderEscaped(in, slackMarks.Replace)
	if err != nil {
		return node.Output{}, err
	}
	answer, err := call.Request{
		System: "Slack", URL: "https://slack.com/api/chat.postMessage", Bearer: app.Token, JSON: map[string]any{"channel": channel, "text": text},
		Type: "application/json; charset=utf-8",
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	content, ok := answer.Content().(map[string]any)
	switch {
	case !answer.OK() || !ok:
		return answer.Refuse(answer.Payload()), nil
	case content["ok"] != true:
		reason, _ := tracardi.Dig(content, "error")
		text, _ := reason.(string)
		content["message"] = "Slack refused the message: " + text
		return node.To(node.ErrorPort, content), nil
	}
	return node.To("response", content), nil
}
