package sendgrid

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "suppress", Name: "Suppress contact in SendGrid", Icon: "user-off",
		New:  func() node.Node { return &Suppress{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.sendgrid.add_email_to_global_suppression.plugin.SendgridGlobalSuppressionAdder"},
		Examples: []node.Example{
			{
				Name:    "no more mail",
				Config:  `{"source": "sendgrid", "email": "profile@data.contact.email.main"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"recipient_emails": ["Ann@example.com"]}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "sendgrid", "email": "nobody"}`,
				Port:   "error",
				Result: `{"message": "SendGrid answered 400 Bad Request", "status": 400, "content": null}`,
			},
		},
	})
}

// Suppress makes SendGrid send no more mail to an address. What SendGrid answers goes on at the port response, such as
// {"recipient_emails": ["…"]}; a refusal goes on at the port error.
type Suppress struct {
	Source node.Reference `json:"source" title:"SendGrid" help:"The resource with the token." kind:"resource:sendgrid" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
}

// Run implements node.Node.
func (n *Suppress) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	request, err := request(ctx, in, n.Source, "POST", "/asm/suppressions/global", map[string]any{"recipient_emails": []string{address}})
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}
