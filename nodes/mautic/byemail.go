package mautic

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "find-contact", Name: "Find contact of Mautic", Icon: "user-search",
		New:     func() node.Node { return &FindContact{} },
		Out:     answered,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mautic.fetch_contact_by_email.plugin.MauticContactByEmailFetcher"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "mautic", "contact_email": "profile@data.contact.email.main"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"id": 7}`,
			},
			{
				Name:   "nobody",
				Config: `{"source": "mautic", "contact_email": "b@example.com"}`,
				Port:   "error",
				Result: `{"message": "Mautic has no contact with this e-mail"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "mautic", "contact_email": "c@example.com"}`,
				Port:   "error",
				Result: `{"message": "Mautic answered 403 Forbidden", "status": 403, "content": null}`,
			},
		},
	})
}

// FindContact reads the contact of Mautic with an e-mail address. It goes on at the port response, as {"id": …, "fields": {…}}; when
// there is none, it goes on at the port error.
type FindContact struct {
	Source node.Reference `json:"source" title:"Mautic" help:"The resource with the token." kind:"resource:mautic" required:"true"`
	Email  node.Value     `json:"contact_email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
}

// Run implements node.Node.
func (n *FindContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	r, refused, err := request(ctx, in, n.Source, "GET", "/contacts")
	if err != nil || refused.Results != nil {
		return refused, err
	}
	r.Query = url.Values{"search": {"email:" + address}, "limit": {"1"}}
	answer, err := r.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	found, _ := tracardi.Dig(answer.Content(), "contacts") // by their ids
	contacts, _ := found.(map[string]any)
	for _, contact := range contacts {
		if object, ok := contact.(map[string]any); ok {
			return node.To("response", object), nil
		}
	}
	return node.Fail("Mautic has no contact with this e-mail"), nil
}
