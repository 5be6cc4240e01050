package message

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "twilio", Name: "Twilio", Icon: "message-circle", Doc: "An account of Twilio.",
		New: func() any { return &TwilioAccount{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "twilio", Name: "SMS by Twilio", Icon: "message-circle",
		New:  func() node.Node { return &Twilio{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"com_tracardi.action.v1.sms.twilio.plugin.TwilioSmsAction"},
		Examples: []node.Example{
			{
				Name:    "a reminder",
				Config:  `{"resource": "twilio", "from_number": "+15550001", "to_number": "profile@data.contact.phone.main", "message": "Dear {{profile@data.pii.firstname}}"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}, "contact": {"phone": {"main": "+4930123"}}}}`,
				Port:    "response", Result: `{"status": 201, "content": {"sid": "SM1", "status": "queued"}}`,
			},
			{
				Name: "a wrong number", Config: `{"resource": "twilio", "from_number": "+15550001", "to_number": "12", "message": "Hello"}`, Port: "error",
				Result: `{"message": "Twilio answered 400 Bad Request: {\"code\": 21211}", "status": 400, "content": {"code": 21211}}`,
			},
			{
				Name: "no number", Config: `{"resource": "twilio", "from_number": "+15550001", "to_number": "profile@data.contact.phone.main", "message": "Hello"}`,
				Error: "profile@data.contact.phone.main is missing",
			},
		},
	})
}

// TwilioAccount is a resource.
type TwilioAccount struct {
	SID   string `json:"account_sid" title:"Account SID" help:"Begins with AC." required:"true"`
	Token string `json:"auth_token" title:"Auth token" help:"From the console." secret:"true" required:"true"`
}

// Twilio sends an SMS through Twilio. It goes on at the port response with {"status": 201, "content": …}; a refusal goes on at the port
// error.
type Twilio struct {
	Resource node.Reference `json:"resource" title:"Account" help:"The resource with the token." kind:"resource:twilio" required:"true"`
	From     node.Value     `json:"from_number" title:"Sender" help:"A number of the account, or a place that holds one." required:"true"`
	To       node.Value     `json:"to_number" title:"Recipient" help:"A phone number with its country code, or a place that holds one." required:"true"`
	Message  node.Template  `json:"message" title:"Message" help:"With places such as {{profile@data.pii.firstname}}." widget:"textarea" required:"true"`
}

// Run implements node.Node.
func (n *Twilio) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &TwilioAccount{}
	if err := in.Resource(ctx, n.Resource.ID, account); err != nil {
		return node.Output{}, err
	}
	sms, err := fill(in, n.Message, n.To, n.From)
	if err != nil {
		return node.Output{}, err
	}
	return call.Request{
		System: "Twilio", URL: "https://api.twilio.com/2010-04-01/Accounts/" + url.PathEscape(account.SID) + "/Messages.json",
		User: account.SID, Password: account.Token, Form: url.Values{"To": {sms.to}, "From": {sms.from}, "Body": {sms.text}},
	}.Output(ctx, in, "response")
}
