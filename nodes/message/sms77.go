package message

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "sms77", Name: "seven (Sms77)", Icon: "message-circle", Doc: "An account of seven, formerly Sms77.",
		New: func() any { return &Sms77Account{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "sms77", Name: "SMS by seven (Sms77)", Icon: "message-circle",
		New:  func() node.Node { return &Sms77{Recipient: node.ValueOf("profile@data.contact.phone.main")} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.sms77.sendsms.plugin.Sms77SendSmsAction"},
		Examples: []node.Example{
			{
				Name: "a reminder", Config: `{"resource": "sms77", "message": "Dear {{profile@data.pii.firstname}}", "sender": "Shop"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}, "contact": {"phone": {"main": "+4930123"}}}}`,
				Port:    "response", Result: `{"status": 200, "content": {"success": "100"}}`,
			},
			{
				Name: "a wrong key", Config: `{"resource": "sms77", "message": "Hello", "recipient": "+4930900"}`, Port: "error",
				Result: `{"message": "seven refused the message with code 900", "status": 200, "content": {"success": "900"}}`,
			},
			{Name: "no number", Config: `{"resource": "sms77", "message": "Hello"}`, Error: "profile@data.contact.phone.main is missing"},
		},
	})
}

// Sms77Account is a resource.
type Sms77Account struct {
	Key string `json:"api_key" title:"API key" help:"From the account's developer settings." secret:"true" required:"true"`
}

// Sms77 sends an SMS through seven, formerly Sms77. It goes on at the port response with {"status": 200, "content": …}; a refusal goes on
// at the port error.
type Sms77 struct {
	Resource  node.Reference `json:"resource" title:"Account" help:"The resource with the key." kind:"resource:sms77" required:"true"`
	Message   node.Template  `json:"message" title:"Message" help:"With places such as {{profile@data.pii.firstname}}." widget:"textarea" required:"true"`
	Recipient node.Value     `json:"recipient" title:"Recipient" help:"A phone number, or a place that holds one." required:"true"`
	Sender    node.Value     `json:"sender" title:"Sender" help:"A number, or up to 11 letters; empty for that of the account."`
}

// Run implements node.Node.
func (n *Sms77) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &Sms77Account{}
	if err := in.Resource(ctx, n.Resource.ID, account); err != nil {
		return node.Output{}, err
	}
	sms, err := fill(in, n.Message, n.Recipient, n.Sender)
	if err != nil {
		return node.Output{}, err
	}
	body := map[string]any{"to": sms.to, "text": sms.text}
	if sms.from != "" {
		body["from"] = sms.from
	}
	answer, err := call.Request{System: "seven", URL: "https://gateway.seven.io/api/sms", Header: map[string]string{"X-Api-Key": account.Key}, JSON: body}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if content, ok := answer.Content().(map[string]any); ok && answer.OK() {
		// 100 is success, 101 a part of the recipients.
		if code, told := content["success"].(string); told && code != "100" && code != "101" {
			payload := answer.Payload()
			payload["message"] = "seven refused the message with code " + code
			return node.To(node.ErrorPort, payload), nil
		}
	}
	return answer.Output("response"), nil
}
