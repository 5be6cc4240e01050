package message

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "clicksend", Name: "ClickSend", Icon: "message-circle", Doc: "An account of ClickSend.",
		New: func() any { return &ClickSendAccount{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "clicksend", Name: "SMS by ClickSend", Icon: "message-circle",
		New:  func() node.Node { return &ClickSend{Recipient: node.ValueOf("profile@data.contact.phone.main")} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.clicksend.sendsms.plugin.ClicksendSendSmsAction"},
		Examples: []node.Example{
			{
				Name: "a reminder", Config: `{"resource": "clicksend", "message": "Dear {{profile@data.pii.firstname}}", "sender": "Shop"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}, "contact": {"phone": {"main": "+4930123"}}}}`,
				Port:    "response", Result: `{"status": 200, "content": {"data": {"messages": [{"status": "SUCCESS"}]}}}`,
			},
			{
				Name: "a wrong number", Config: `{"resource": "clicksend", "message": "Hello", "recipient": "12"}`, Port: "error",
				Result: `{"message": "ClickSend refused the message: INVALID_RECIPIENT", "status": 200, "content": {"data": {"messages": [{"status": "INVALID_RECIPIENT"}]}}}`,
			},
			{Name: "no number", Config: `{"resource": "clicksend", "message": "Hello"}`, Error: "profile@data.contact.phone.main is missing"},
		},
	})
}

// ClickSendAccount is a resource.
type ClickSendAccount struct {
	Username string `json:"username" title:"User name" help:"Of the account." required:"true"`
	Key      string `json:"api_key" title:"API key" help:"From the account's dashboard, API credentials." secret:"true" required:"true"`
}

// ClickSend sends an SMS through ClickSend. It goes on at the port response with {"status": 200, "content": …}; a refusal goes on at the
// port error.
type ClickSend struct {
	Resource  node.Reference `json:"resource" title:"Account" help:"The resource with the key." kind:"resource:clicksend" required:"true"`
	Message   node.Template  `json:"message" title:"Message" help:"With places such as {{profile@data.pii.firstname}}." widget:"textarea" required:"true"`
	Recipient node.Value     `json:"recipient" title:"Recipient" help:"A phone number with its country code, or a place that holds one." required:"true"`
	Sender    node.Value     `json:"sender" title:"Sender" help:"A number, or up to 11 letters; empty for a shared number."`
}

// Run implements node.Node.
func (n *ClickSend) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &ClickSendAccount{}
	if err := in.Resource(ctx, n.Resource.ID, account); err != nil {
		return node.Output{}, err
	}
	sms, err := fill(in, n.Message, n.Recipient, n.Sender)
	if err != nil {
		return node.Output{}, err
	}
	message := map[string]any{"source": "tracardi", "to": sms.to, "body": sms.text}
	if sms.from != "" {
		message["from"] = sms.from
	}
	answer, err := call.Request{
		System: "ClickSend", URL: "https://rest.clicksend.com/v3/sms/send", User: account.Username, Password: account.Key,
		JSON: map[string]any{"messages": []any{message}},
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	status, _ := tracardi.Dig(answer.Content(), "data", "messages", "0", "status") // the answer is 200 even for a message that is not sent
	if text, ok := status.(string); ok && answer.OK() && text != "SUCCESS" {
		payload := answer.Payload()
		payload["message"] = "ClickSend refused the message: " + text
		return node.To(node.ErrorPort, payload), nil
	}
	return answer.Output("response"), nil
}
