package mailchimp

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
	"github.com/tracardi/tracardi-go/node/letter"
)

func init() {
	group.Register(node.Type{
		ID: "send", Name: "Send mail by Mailchimp", Icon: "mail-forward",
		New:  func() node.Node { return &Send{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mailchimp.transactional_email.plugin.TransactionalMailSender"},
		Import:  letter.Import,
		Examples: []node.Example{
			{
				Name: "a greeting",
				Config: `{"source": "mailchimp", "sender_email": "shop@example.com", "recipient": "profile@data.contact.email.main",
					"subject": "Hi {{profile@data.pii.firstname}}", "content": "<p>Hi {{payload@name}}</p>"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Payload: `{"name": "<Ann>"}`,
				Port:    "response",
				Result:  `{"content": [{"email": "Ann@example.com", "status": "sent"}]}`,
			},
			{
				Name: "a refusal",
				Config: `{"source": "mailchimp", "sender_email": "shop@example.com", "recipient": "gone@example.com", "subject": "Hi",
					"content": "Hi"}`,
				Port: "error",
				Result: `{"message": "Mailchimp refused the mail: hard-bounce", "status": 200, "content": [{"status": "rejected",
					"reject_reason": "hard-bounce"}]}`,
			},
		},
	})
}

// Send sends a mail through Mailchimp Transactional (Mandrill). What it says of each recipient goes on at the port response, as
// {"content": [{"email": "…", "status": "sent"}]}. When the mail is refused for all recipients, it goes on at the port error.
type Send struct {
	Source    node.Reference `json:"source" title:"Mailchimp" help:"The resource with the token." kind:"resource:mailchimp" required:"true"`
	Sender    node.Value     `json:"sender_email" title:"From" help:"An address that the service knows as yours, or a place that holds it." required:"true"`
	Recipient node.Value     `json:"recipient" title:"To" help:"Addresses separated by commas, a list of them, or a place that holds either." required:"true"`
	Subject   node.Template  `json:"subject" title:"Subject" help:"One line, with places such as {{profile@data.pii.firstname}}." required:"true"`
	Content   node.Template  `json:"content" title:"HTML" help:"The mail; what is filled in is escaped." widget:"code" required:"true"`
}

// Run implements node.Node.
func (n *Send) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account, err := load(ctx, in, n.Source)
	if err != nil {
		return node.Output{}, err
	}
	mail, err := letter.Template{From: n.Sender, To: n.Recipient, Subject: n.Subject, HTML: n.Content}.Fill(in)
	if err != nil {
		return node.Output{}, err
	}
	people := []any{}
	for _, address := range mail.To {
		people = append(people, map[string]any{"email": address, "type": "to"})
	}
	answer, err := call.Request{System: "Mailchimp", URL: "https://mandrillapp.com/api/1.0/messages/send", JSON: map[string]any{
		"key": account.Token, "message": map[string]any{
			"from_email": mail.From, "to": people, "subject": mail.Subject, "html": mail.HTML, "preserve_recipients": false,
		},
	}}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if reason := refusal(answer.Content()); answer.OK() && reason != "" {
		payload := answer.Payload()
		payload["message"] = "Mailchimp refused the mail: " + reason
		return node.To(node.ErrorPort, payload), nil
	}
	return answer.With("response", map[string]any{"content": answer.Content()}), nil
}

// refusal says why all recipients were refused; empty when one was not.
func refusal(content any) string {
	people, ok := content.([]any)
	if !ok || len(people) == 0 {
		return ""
	}
	reason := ""
	for _, person := range people {
		status, _ := tracardi.Dig(person, "status")
		if status != "rejected" && status != "invalid" {
			return ""
		}
		why, _ := tracardi.Dig(person, "reject_reason")
		if reason, ok = why.(string); !ok {
			reason = "the address is invalid"
		}
	}
	return reason
}
