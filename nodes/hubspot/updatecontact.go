package hubspot

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "update-contact", Name: "Update contact of HubSpot", Icon: "user-edit",
		New:  func() node.Node { return &UpdateContact{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.hubspot.update_contact.plugin.HubSpotContactUpdater"},
		Examples: []node.Example{
			{
				Name:    "a change",
				Config:  `{"source": "hubspot", "contact_id": 7, "properties": {"email": "profile@data.contact.email.main"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}}}`,
				Port:    "response",
				Result:  `{"id": "7"}`,
			},
			{
				Name:   "no such contact",
				Config: `{"source": "hubspot", "contact_id": "8"}`,
				Port:   "error",
				Result: `{"message": "HubSpot answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// UpdateContact changes properties of a contact in HubSpot; the others stay. What HubSpot has then goes on at the port response as
// {"id": "…", "properties": {…}}; a refusal goes on at the port error.
type UpdateContact struct {
	Source     node.Reference `json:"source" title:"HubSpot" help:"The resource with the token." kind:"resource:hubspot" required:"true"`
	ID         node.Value     `json:"contact_id" title:"Id" help:"Of the contact in HubSpot, or a place that holds it." required:"true"`
	Properties node.Value     `json:"properties" title:"Properties" help:"By their names in HubSpot, such as {\"phone\": \"profile@data.contact.phone.main\"}."`
}

// Run implements node.Node.
func (n *UpdateContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request, err := objects(ctx, in, n.Source, "PATCH", "contacts", n.ID)
	if err != nil {
		return node.Output{}, err
	}
	return write(ctx, in, request, n.Properties)
}
