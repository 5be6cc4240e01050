package elasticemail

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-contact", Name: "Add contact to Elastic Email", Icon: "user-plus",
		New:  func() node.Node { return &AddContact{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.elastic_email.add_contact.plugin.ElasticEmailContactAdder"},
		Examples: []node.Example{
			{
				Name: "a contact",
				Config: `{"source": "elastic", "email": "profile@data.contact.email.main",
					"additional_mapping": {"firstName": "profile@data.pii.firstname", "colors": ["red", 2]}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"content": [{"Email": "Ann@example.com", "Status": "Active"}]}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "elastic", "email": "nobody"}`,
				Port:   "error",
				Result: `{"message": "Elastic Email answered 400 Bad Request: {\"Error\": \"Invalid\"}", "status": 400,
					"content": {"Error": "Invalid"}}`,
			},
		},
	})
}

// AddContact adds a contact to Elastic Email. What is known of it goes on at the port response, as {"content": [{"Email": "…",
// "Status": "Active"}]}; a refusal goes on at the port error. FirstName, LastName, Status and Consent among the further fields are
// those of Elastic Email, and so are their lower-case forms; all others are custom fields, in which lists are joined by |.
type AddContact struct {
	Source node.Reference `json:"source" title:"Elastic Email" help:"The resource with the token." kind:"resource:elasticemail" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Fields node.Value     `json:"additional_mapping" title:"Further fields" help:"By their names, such as {\"firstName\": \"profile@data.pii.firstname\"}."`
}

// Run implements node.Node.
func (n *AddContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	further, err := n.Fields.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	contact, custom := map[string]any{"Email": address}, map[string]any{}
	fields, _ := further.(map[string]any)
	for name, value := range fields {
		if own := ownFields[strings.ToLower(name)]; own != "" {
			contact[own] = value
		} else {
			custom[name] = asText(value)
		}
	}
	if len(custom) > 0 {
		contact["CustomFields"] = custom
	}
	return reply(ctx, in, n.Source, "POST", "/contacts", []any{contact})
}

// ownFields are fields that every contact of Elastic Email has.
var ownFields = map[string]string{"firstname": "FirstName", "lastname": "LastName", "status": "Status", "consent": "Consent"}

// asText makes the value of a custom field, which is always a text.
func asText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		parts := make([]string, len(value))
		for i, part := range value {
			parts[i] = asText(part)
		}
		return strings.Join(parts, "|")
	}
	return string(tracardi.AppendValue(nil, value))
}
