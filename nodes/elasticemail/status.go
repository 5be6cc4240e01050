package elasticemail

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "change-status", Name: "Change status in Elastic Email", Icon: "user-cog",
		New:  func() node.Node { return &ChangeStatus{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.elastic_email.contact_status_change.plugin.ElasticEmailContactStatusChange"},
		Examples: []node.Example{
			{
				Name:    "no more mail",
				Config:  `{"source": "elastic", "email": "profile@data.contact.email.main", "status": "Unsubscribed"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"content": [{"Email": "Ann@example.com", "Status": "Unsubscribed"}]}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "elastic", "email": "a@example.com", "status": "Happy"}`,
				Port:   "error",
				Result: `{"message": "Elastic Email answered 400 Bad Request", "status": 400, "content": null}`,
			},
		},
	})
}

// ChangeStatus changes the status of a contact in Elastic Email, such as Unsubscribed. What is known of the contact goes on at the
// port response; a refusal goes on at the port error.
type ChangeStatus struct {
	Source node.Reference `json:"source" title:"Elastic Email" help:"The resource with the token." kind:"resource:elasticemail" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Status node.Value     `json:"status" title:"Status" help:"Active, Engaged, Inactive, Unsubscribed, Abuse, Bounced, Transactional, Stale or NotConfirmed, or a place." required:"true"`
}

// Run implements node.Node.
func (n *ChangeStatus) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	status, err := n.Status.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	return reply(ctx, in, n.Source, "POST", "/contacts", []any{map[string]any{"Email": address, "Status": status}})
}
