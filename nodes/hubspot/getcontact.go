package hubspot

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "get-contact", Name: "Get contact of HubSpot", Icon: "user-search",
		New:     func() node.Node { return &GetContact{} },
		Out:     response,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.hubspot.get_contact.plugin.HubSpotContactGetter"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "hubspot", "contact_id": "payload@id"}`,
				Payload: `{"id": 7}`,
				Port:    "response",
				Result:  `{"id": "7"}`,
			},
			{
				Name:   "no such contact",
				Config: `{"source": "hubspot", "contact_id": "8/../9"}`,
				Port:   "error",
				Result: `{"message": "HubSpot answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// GetContact reads a contact of HubSpot. It goes on at the port response as {"id": "…", "properties": {…}}; one that does not exist
// goes on at the port error.
type GetContact struct {
	Source node.Reference `json:"source" title:"HubSpot" help:"The resource with the token." kind:"resource:hubspot" required:"true"`
	ID     node.Value     `json:"contact_id" title:"Id" help:"Of the contact in HubSpot, or a place that holds it." required:"true"`
}

// Run implements node.Node.
func (n *GetContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request, err := objects(ctx, in, n.Source, "GET", "contacts", n.ID)
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}
