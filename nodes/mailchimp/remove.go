package mailchimp

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "remove-from-audience", Name: "Remove from Mailchimp audience", Icon: "users-minus",
		New:  func() node.Node { return &Remove{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mailchimp.remove_from_audience.plugin.MailChimpAudienceRemover"},
		Examples: []node.Example{
			{
				Name:    "into the archive",
				Config:  `{"source": "mailchimp", "list_id": "l1", "email": "profile@data.contact.email.main"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"content": null}`,
			},
			{
				Name:    "for good",
				Config:  `{"source": "mailchimp", "list_id": "l1", "email": "profile@data.contact.email.main", "delete": true}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"content": null}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "mailchimp", "list_id": "l2", "email": "a@example.com"}`,
				Port:   "error",
				Result: `{"message": "Mailchimp answered 404 Not Found: {\"title\": \"Resource Not Found\"}", "status": 404,
					"content": {"title": "Resource Not Found"}}`,
			},
		},
	})
}

// Remove archives a contact of an audience of Mailchimp, or deletes it for good, after which nobody can add the address again but the
// person. The payload at the port response is {"content": null}; a contact that is not there goes on at the port error.
type Remove struct {
	Source node.Reference `json:"source" title:"Mailchimp" help:"The resource with the token." kind:"resource:mailchimp" required:"true"`
	List   node.Reference `json:"list_id" title:"Audience" help:"The id of the audience in Mailchimp." required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Delete bool           `json:"delete" title:"Delete" help:"For good, instead of archiving."`
}

// Run implements node.Node.
func (n *Remove) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	method, path := "DELETE", member(address)
	if n.Delete {
		method, path = "POST", path+"/actions/delete-permanent"
	}
	request, err := members(ctx, in, n.Source, n.List, method, path)
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}
