package hubspot

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "get-company", Name: "Get company of HubSpot", Icon: "building",
		New:     func() node.Node { return &GetCompany{} },
		Out:     response,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.hubspot.get_company.plugin.HubSpotCompanyGetter"},
		Examples: []node.Example{
			{
				Name:    "a company",
				Config:  `{"source": "hubspot", "company_id": "payload@id"}`,
				Payload: `{"id": 7}`,
				Port:    "response",
				Result:  `{"id": "7"}`,
			},
			{
				Name:   "no such company",
				Config: `{"source": "hubspot", "company_id": "8/../9"}`,
				Port:   "error",
				Result: `{"message": "HubSpot answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// GetCompany reads a company of HubSpot. It goes on at the port response as {"id": "…", "properties": {…}}; one that does not exist
// goes on at the port error.
type GetCompany struct {
	Source node.Reference `json:"source" title:"HubSpot" help:"The resource with the token." kind:"resource:hubspot" required:"true"`
	ID     node.Value     `json:"company_id" title:"Id" help:"Of the company in HubSpot, or a place that holds it." required:"true"`
}

// Run implements node.Node.
func (n *GetCompany) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request, err := objects(ctx, in, n.Source, "GET", "companies", n.ID)
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}
