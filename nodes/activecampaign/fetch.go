package activecampaign

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "fetch-contact", Name: "Fetch contact of ActiveCampaign", Icon: "user-search",
		New:     func() node.Node { return &FetchContact{} },
		Out:     []node.Port{{Name: "result", Doc: "The contact."}},
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.active_campaign.fetch_by_email.plugin.FetchActiveCampaignProfileByEmailAction"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "active", "email": "profile@data.contact.email.main"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "result",
				Result:  `{"id": "7"}`,
			},
			{
				Name:   "nobody",
				Config: `{"source": "active", "email": "b@example.com"}`,
				Port:   "error",
				Result: `{"message": "ActiveCampaign has no contact with this e-mail"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "active", "email": "c@example.com"}`,
				Port:   "error",
				Result: `{"message": "ActiveCampaign answered 403 Forbidden", "status": 403, "content": null}`,
			},
		},
	})
}

// FetchContact reads the contact with an e-mail address from ActiveCampaign. It goes on at the port result, as {"id": "…", "email":
// "…", "firstName": "…"}; when there is none, it goes on at the port error.
type FetchContact struct {
	Source node.Reference `json:"source" title:"ActiveCampaign" help:"The resource with the token." kind:"resource:activecampaign" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
}

// Run implements node.Node.
func (n *FetchContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	request, err := contacts(ctx, in, n.Source, "/contacts")
	if err != nil {
		return node.Output{}, err
	}
	request.Query = url.Values{"email": {address}}
	answer, err := request.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if found, _ := tracardi.Dig(answer.Content(), "contacts", "0"); answer.OK() && found != nil {
		if contact, ok := found.(map[string]any); ok {
			return node.To("result", contact), nil
		}
	}
	if answer.OK() {
		return node.Fail("ActiveCampaign has no contact with this e-mail"), nil
	}
	return answer.Refuse(answer.Payload()), nil
}
