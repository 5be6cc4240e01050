package sendgrid

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-contact", Name: "Add contact to SendGrid", Icon: "user-plus",
		New:  func() node.Node { return &AddContact{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.sendgrid.add_contact_to_list.plugin.SendgridContactAdder"},
		Examples: []node.Example{
			{
				Name: "onto two lists",
				Config: `{"source": "sendgrid", "email": "profile@data.contact.email.main", "list_ids": "l1, l2",
					"additional_mapping": {"first_name": "profile@data.pii.firstname"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"job_id": "j1"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "sendgrid", "email": "nobody"}`,
				Port:   "error",
				Result: `{"message": "SendGrid answered 400 Bad Request: {\"errors\": []}", "status": 400, "content": {"errors": []}}`,
			},
			{
				Name:   "no such field",
				Config: `{"source": "sendgrid", "email": "profile@data.contact.email.main"}`,
				Error:  `profile@data.contact.email.main is missing`,
			},
		},
	})
}

// AddContact adds a contact to SendGrid, or changes the one with the same address, and puts it on lists. What SendGrid answers goes
// on at the port response, such as {"job_id": "…"}: it does the work later. A refusal goes on at the port error.
type AddContact struct {
	Source node.Reference `json:"source" title:"SendGrid" help:"The resource with the token." kind:"resource:sendgrid" required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Lists  string         `json:"list_ids" title:"Lists" help:"Ids of lists, separated by commas."`
	Fields node.Value     `json:"additional_mapping" title:"Further fields" help:"By their names in SendGrid, such as {\"first_name\": \"profile@data.pii.firstname\"}."`
}

// Run implements node.Node.
func (n *AddContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	contact, err := contactOf(in, n.Email, n.Fields)
	if err != nil {
		return node.Output{}, err
	}
	body := map[string]any{"contacts": []any{contact}}
	if n.Lists != "" {
		lists := []string{}
		for id := range strings.SplitSeq(n.Lists, ",") {
			lists = append(lists, strings.TrimSpace(id))
		}
		body["list_ids"] = lists
	}
	request, err := request(ctx, in, n.Source, "PUT", "/marketing/contacts", body)
	if err != nil {
		return node.Output{}, err
	}
	return request.Reply(ctx, in, "response")
}

// contactOf is a contact with its address.
func contactOf(in *node.Input, email, fields node.Value) (map[string]any, error) {
	address, err := email.Text(in)
	if err != nil {
		return nil, err
	}
	further, err := fields.Resolve(in)
	if err != nil {
		return nil, err
	}
	contact := map[string]any{"email": address}
	if further == nil {
		return contact, nil
	}
	object, ok := further.(map[string]any)
	if !ok {
		return nil, tracardi.InvalidField("additional_mapping", "must be an object")
	}
	for name, value := range object {
		contact[name] = value
	}
	return contact, nil
}
