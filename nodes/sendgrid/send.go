package sendgrid

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/letter"
)

func init() {
	group.Register(node.Type{
		ID: "send", Name: "Send mail by SendGrid", Icon: "mail-forward",
		New:  func() node.Node { return &Send{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.sendgrid.send_email.plugin.SendgridEMailSender"},
		Import:  letter.Import,
		Examples: []node.Example{
			{
				Name: "a greeting",
				Config: `{"source": "sendgrid", "sender_email": "shop@example.com", "recipient": "profile@data.contact.email.main",
					"subject": "Hi {{profile@data.pii.firstname}}", "content": "<p>Hi {{payload@name}}</p>"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Payload: `{"name": "<Ann>"}`,
				Port:    "response",
				Result:  `{"content": null}`,
			},
			{
				Name: "a refusal",
				Config: `{"source": "sendgrid", "sender_email": "shop@example.com", "recipient": "a@example.com, b@example.com", "subject": "Hi",
					"content": "Hi"}`,
				Port:   "error",
				Result: `{"message": "SendGrid answered 403 Forbidden", "status": 403, "content": null}`,
			},
			{
				Name:   "nobody",
				Config: `{"source": "sendgrid", "sender_email": "shop@example.com", "recipient": " , ", "subject": "Hi", "content": "Hi"}`,
				Error:  `recipient: names nobody`,
			},
		},
	})
}

// Send sends a mail through SendGrid, to each recipient on its own. SendGrid takes it without a word: the payload at the port
// response is {"content": null}. A refusal goes on at the port error.
type Send struct {
	Source    node.Reference `json:"source" title:"SendGrid" help:"The resource with the token." kind:"resource:sendgrid" required:"true"`
	Sender    node.Value     `json:"sender_email" title:"From" help:"An address that the service knows as yours, or a place that holds it." required:"true"`
	Recipient node.Value     `json:"recipient" title:"To" help:"Addresses separated by commas, a list of them, or a place that holds either." required:"true"`
	Subject   node.Template  `json:"subject" title:"Subject" help:"One line, with places such as {{profile@data.pii.firstname}}." required:"true"`
	Content   node.Template  `json:"content" title:"HTML" help:"The mail; what is filled in is escaped." widget:"code" required:"true"`
}

// Run implements node.Node.
func (n *Send) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	mail, err := letter.Template{From: n.Sender, To: n.Recipient, Subject: n.Subject, HTML: n.Content}.Fill(in)
	if err != nil {
		return node.Output{}, err
	}
	people := []any{}
	for _, address := range mail.To {
		people = append(people, map[string]any{"to": []any{map[string]any{"email": address}}})
	}
	request, err := request(ctx, in, n.Source, "POST", "/mail/send", map[string]any{
		"personalizations": people, "from": map[string]any{"email": mail.From}, "subject": mail.Subject,
		"content": []any{map[string]any{"type": "text/html", "value": mail.HTML}},
	})
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}
