package hubspot

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "update-company", Name: "Update company of HubSpot", Icon: "building-cog",
		New:  func() node.Node { return &UpdateCompany{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.hubspot.update_company.plugin.HubSpotCompanyUpdater"},
		Examples: []node.Example{
			{
				Name:   "a change",
				Config: `{"source": "hubspot", "company_id": 7, "properties": {"name": "event@properties.company"}}`,
				Event:  `{"properties": {"company": "Shop"}}`,
				Port:   "response",
				Result: `{"id": "7"}`,
			},
			{
				Name:   "no such company",
				Config: `{"source": "hubspot", "company_id": "8"}`,
				Port:   "error",
				Result: `{"message": "HubSpot answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// UpdateCompany changes properties of a company in HubSpot; the others stay. What HubSpot has then goes on at the port response as
// {"id": "…", "properties": {…}}; a refusal goes on at the port error.
type UpdateCompany struct {
	Source     node.Reference `json:"source" title:"HubSpot" help:"The resource with the token." kind:"resource:hubspot" required:"true"`
	ID         node.Value     `json:"company_id" title:"Id" help:"Of the company in HubSpot, or a place that holds it." required:"true"`
	Properties node.Value     `json:"properties" title:"Properties" help:"By their names in HubSpot, such as {\"phone\": \"profile@data.contact.phone.main\"}."`
}

// Run implements node.Node.
func (n *UpdateCompany) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request, err := objects(ctx, in, n.Source, "PATCH", "companies", n.ID)
	if err != nil {
		return node.Output{}, err
	}
	return write(ctx, in, request, n.Properties)
}
