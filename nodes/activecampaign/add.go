package activecampaign

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-contact", Name: "Add contact to ActiveCampaign", Icon: "user-plus",
		New:  func() node.Node { return &AddContact{} },
		Out:  []node.Port{{Name: "success", Doc: "The contact is there."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.active_campaign.add_contact.plugin.SendToActiveCampaignAction"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "active", "fields": {"email": "profile@data.contact.email.main", "5": "event@type"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "success",
				Result:  `{"contact": {"id": "7"}}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "active", "fields": {"email": "nobody"}}`,
				Port:   "error",
				Result: `{"message": "ActiveCampaign answered 422 Unprocessable Entity", "status": 422, "content": null}`,
			},
			{
				Name:   "no object",
				Config: `{"source": "active", "fields": "event@type"}`,
				Error:  `fields: must be an object`,
			},
		},
	})
}

// AddContact adds a contact to ActiveCampaign, or changes the one with the same e-mail. What ActiveCampaign has then goes on at the
// port success, as {"contact": {"id": "…"}}; a refusal goes on at the port error. Fields whose names are numbers are custom fields,
// by their ids.
type AddContact struct {
	Source node.Reference `json:"source" title:"ActiveCampaign" help:"The resource with the token." kind:"resource:activecampaign" required:"true"`
	Fields node.Value     `json:"fields" title:"Fields" help:"Such as {\"email\": \"profile@data.contact.email.main\", \"firstName\": \"profile@data.pii.firstname\"}." required:"true"`
}

// Run implements node.Node.
func (n *AddContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	made, err := n.Fields.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	fields, ok := made.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("fields", "must be an object")
	}
	contact, custom := map[string]any{}, []any{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, err := strconv.Atoi(name); err == nil {
			custom = append(custom, map[string]any{"field": name, "value": fields[name]})
		} else {
			contact[name] = fields[name]
		}
	}
	if len(custom) > 0 {
		contact["fieldValues"] = custom
	}
	request, err := contacts(ctx, in, n.Source, "/contact/sync")
	if err != nil {
		return node.Output{}, err
	}
	request.JSON = map[string]any{"contact": contact}
	return request.Reply(ctx, in, "success")
}
