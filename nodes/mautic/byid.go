package mautic

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "get-contact", Name: "Get contact of Mautic", Icon: "user-search",
		New:     func() node.Node { return &GetContact{} },
		Out:     answered,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mautic.fetch_contact_by_id.plugin.MauticContactByIDFetcher"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "mautic", "contact_id": "payload@id"}`,
				Payload: `{"id": 7}`,
				Port:    "response",
				Result:  `{"contact": {"id": 7}}`,
			},
			{
				Name:   "no such contact",
				Config: `{"source": "mautic", "contact_id": "8"}`,
				Port:   "error",
				Result: `{"message": "Mautic answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// GetContact reads a contact of Mautic by its id. It goes on at the port response, as {"contact": {"id": …, "fields": {…}}}; one that
// is not there goes on at the port error.
type GetContact struct {
	Source  node.Reference `json:"source" title:"Mautic" help:"The resource with the token." kind:"resource:mautic" required:"true"`
	Contact node.Value     `json:"contact_id" title:"Id" help:"Of the contact in Mautic, or a place that holds it." required:"true"`
}

// Run implements node.Node.
func (n *GetContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id, err := n.Contact.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	return reply(ctx, in, n.Source, "GET", "/contacts/"+url.PathEscape(id), nil, "response")
}
