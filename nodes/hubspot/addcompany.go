package hubspot

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-company", Name: "Add company to HubSpot", Icon: "building-plus",
		New:  func() node.Node { return &AddCompany{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.hubspot.add_company.plugin.HubSpotCompanyAdder"},
		Examples: []node.Example{
			{
				Name:   "a new company",
				Config: `{"source": "hubspot", "properties": {"name": "event@properties.company"}}`,
				Event:  `{"properties": {"company": "Shop"}}`,
				Port:   "response",
				Result: `{"id": "7"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "hubspot", "properties": {"nonsense": 1}}`,
				Port:   "error",
				Result: `{"message": "HubSpot answered 400 Bad Request: {\"status\": \"error\"}", "status": 400, "content": {"status": "error"}}`,
			},
		},
	})
}

// AddCompany makes a company in HubSpot. What HubSpot has then goes on at the port response as {"id": "…", "properties": {…}}; a
// refusal goes on at the port error. Texts in the properties such as profile@data.contact.email.main stand for what is there.
type AddCompany struct {
	Source     node.Reference `json:"source" title:"HubSpot" help:"The resource with the token." kind:"resource:hubspot" required:"true"`
	Properties node.Value     `json:"properties" title:"Properties" help:"By their names in HubSpot, such as {\"phone\": \"profile@data.contact.phone.main\"}."`
}

// Run implements node.Node.
func (n *AddCompany) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request, err := objects(ctx, in, n.Source, "POST", "companies", node.Value{})
	if err != nil {
		return node.Output{}, err
	}
	return write(ctx, in, request, n.Properties)
}
