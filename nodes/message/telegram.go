package message

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "telegram", Name: "Telegram", Icon: "brand-telegram", Doc: "A Telegram bot and the chat that it writes to.",
		New: func() any { return &TelegramBot{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "telegram", Name: "Telegram message", Icon: "brand-telegram",
		New:  func() node.Node { return &Telegram{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.telegram.post.plugin.TelegramPostAction"},
		Examples: []node.Example{
			{
				Name: "a signup", Config: `{"resource": "telegram", "message": "{{profile@data.pii.firstname}} is here"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}}}`, Port: "response", Result: `{"status": 200, "content": {"ok": true, "result": {"message_id": 7}}}`,
			},
			{
				Name: "a refusal", Config: `{"resource": "telegram", "message": "wrong"}`, Port: "error",
				Result: `{"message": "Telegram answered 400 Bad Request: {\"ok\": false}", "status": 400, "content": {"ok": false}}`,
			},
			{Name: "no such field", Config: `{"resource": "telegram", "message": "{{payload@name}}"}`, Error: "payload@name"},
		},
	})
}

// TelegramBot is a resource.
type TelegramBot struct {
	Token string `json:"bot_token" title:"Bot token" help:"As BotFather gives it." secret:"true" required:"true"`
	Chat  string `json:"chat_id" title:"Chat" help:"The id of the chat, or @name of a channel." required:"true"`
}

// Telegram writes a message into a chat of Telegram, as plain text. It goes on at the port response with {"status": 200, "content": …}; a
// refusal goes on at the port error.
type Telegram struct {
	Resource node.Reference `json:"resource" title:"Telegram" help:"The resource with the bot and the chat." kind:"resource:telegram" required:"true"`
	Message  node.Template  `json:"message" title:"Message" help:"Up to 4096 characters, with places such as {{profile@id}}." widget:"textarea" required:"true"`
}

// Run implements node.Node.
func (n *Telegram) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	bot := &TelegramBot{}
	if err := in.Resource(ctx, n.Resource.ID, bot); err != nil {
		return node.Output{}, err
	}
	text, err := n.Message.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	return call.Request{
		System: "Telegram", URL: "https://api.telegram.org/bot" + bot.Token + "/sendMessage",
		JSON: map[string]any{"chat_id": bot.Chat, "text": text}, Timeout: 15 * time.Second,
	}.Output(ctx, in, "response")
}
