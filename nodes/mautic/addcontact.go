package mautic

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-contact", Name: "Add contact to Mautic", Icon: "user-plus",
		New:  func() node.Node { return &AddContact{} },
		Out:  answered,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mautic.add_contact.plugin.MauticContactAdder"},
		Examples: []node.Example{
			{
				Name: "a contact",
				Config: `{"source": "mautic", "email": "profile@data.contact.email.main",
					"additional_mapping": {"firstname": "profile@data.pii.firstname", "tags": ["a", "b"], "colors": ["red", 2]}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"contact": {"id": 7}}`,
			},
			{
				Name:   "a wrong key",
				Config: `{"source": "locked", "email": "a@example.com"}`,
				Port:   "error",
				Result: `{"message": "Mautic answered 401 Unauthorized", "status": 401, "content": null}`,
			},
		},
	})
}

// AddContact adds a contact to Mautic, or changes the one with the same e-mail. What Mautic has then goes on at the port response, as
// {"contact": {"id": …}}; a refusal goes on at the port error. Lists among the fields are joined: tags by commas, others by |.
type AddContact struct {
	Source node.Reference `json:"source" title:"Mautic" help:"The resource with the token." kind:"resource:mautic" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Fields node.Value     `json:"additional_mapping" title:"Further fields" help:"By their aliases in Mautic, such as {\"firstname\": \"profile@data.pii.firstname\"}."`
	Blank  bool           `json:"overwrite_with_blank" title:"Empty fields too" help:"Let empty values take the place of what Mautic knows."`
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
	contact := map[string]any{"email": address, "overwriteWithBlank": n.Blank}
	fields, _ := further.(map[string]any)
	for name, value := range fields {
		contact[name] = joined(name, value)
	}
	return reply(ctx, in, n.Source, "POST", "/contacts/new", contact, "response")
}

// joined makes one text of a list, as Mautic wants it.
func joined(name string, value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	parts := make([]string, len(list))
	for i, part := range list {
		if text, ok := part.(string); ok {
			parts[i] = text
		} else {
			parts[i] = string(tracardi.AppendValue(nil, part))
		}
	}
	if name == "tags" {
		return strings.Join(parts, ",")
	}
	return strings.Join(parts, "|")
}
