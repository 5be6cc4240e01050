package elasticemail

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/letter"
)

func init() {
	group.Register(node.Type{
		ID: "send-bulk", Name: "Send bulk mail by Elastic Email", Icon: "mailbox",
		New:  func() node.Node { return &SendBulk{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.elastic_email.bulk_email.plugin.ElasticEmailBulkMailSender"},
		Import:  letter.Import,
		Examples: []node.Example{
			{
				Name: "news",
				Config: `{"source": "elastic", "sender_email": "shop@example.com", "recipient": "profile@data.contact.email.main",
					"subject": "Hi {{profile@data.pii.firstname}}", "content": "<p>Hi</p>"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"TransactionID": "t1"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "elastic", "sender_email": "x@example.com", "recipient": "a@example.com", "subject": "Hi", "content": "Hi"}`,
				Port:   "error",
				Result: `{"message": "Elastic Email answered 401 Unauthorized", "status": 401, "content": null}`,
			},
		},
	})
}

// SendBulk sends a mail to many people through Elastic Email, to each on its own. What Elastic Email answers goes on at the port
// response, such as {"TransactionID": "…", "MessageID": "…"}; a refusal goes on at the port error.
type SendBulk struct {
	Source    node.Reference `json:"source" title:"Elastic Email" help:"The resource with the token." kind:"resource:elasticemail" required:"true"`
	Sender    node.Value     `json:"sender_email" title:"From" help:"An address that the service knows as yours, or a place that holds it." required:"true"`
	Recipient node.Value     `json:"recipient" title:"To" help:"Addresses separated by commas, a list of them, or a place that holds either." required:"true"`
	Subject   node.Template  `json:"subject" title:"Subject" help:"One line, with places such as {{profile@data.pii.firstname}}." required:"true"`
	Content   node.Template  `json:"content" title:"HTML" help:"The mail; what is filled in is escaped." widget:"code" required:"true"`
}

// Run implements node.Node.
func (n *SendBulk) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	mail, err := letter.Template{From: n.Sender, To: n.Recipient, Subject: n.Subject, HTML: n.Content}.Fill(in)
	if err != nil {
		return node.Output{}, err
	}
	people := []any{}
	for _, address := range mail.To {
		people = append(people, map[string]any{"Email": address})
	}
	return reply(ctx, in, n.Source, "POST", "/emails", map[string]any{
		"Recipients": people, "Content": map[string]any{
			"From": mail.From, "Subject": mail.Subject, "Body": []any{map[string]any{"ContentType": "HTML", "Content": mail.HTML, "Charset": "utf-8"}},
		},
	})
}
