package mailchimp

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-to-audience", Name: "Add to Mailchimp audience", Icon: "users-plus",
		New:  func() node.Node { return &Add{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mailchimp.add_to_audience.plugin.MailChimpAudienceAdder"},
		Examples: []node.Example{
			{
				Name: "a subscriber",
				Config: `{"source": "mailchimp", "list_id": {"id": "l1", "name": "News"}, "email": "profile@data.contact.email.main",
					"merge_fields": {"FNAME": "profile@data.pii.firstname"}, "subscribed": true}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"id": "m1"}`,
			},
			{
				Name:    "a change",
				Config:  `{"source": "mailchimp", "list_id": "l1", "email": "profile@data.contact.email.main", "update": true}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"id": "m2"}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "mailchimp", "list_id": "l2", "email": "a@example.com"}`,
				Port:   "error",
				Result: `{"message": "Mailchimp answered 404 Not Found: {\"title\": \"Resource Not Found\"}", "status": 404,
					"content": {"title": "Resource Not Found"}}`,
			},
			{
				Name:   "a key without data center",
				Config: `{"source": "wrong", "list_id": "l1", "email": "a@example.com"}`,
				Error:  `does not end with the data center`,
			},
		},
	})
}

// Add adds a contact to an audience of Mailchimp; with update it changes the one that is there. What Mailchimp has then goes on at
// the port response; a refusal, also of a contact that is there already, goes on at the port error. Somebody who is not subscribed
// gets no mail.
type Add struct {
	Source     node.Reference `json:"source" title:"Mailchimp" help:"The resource with the token." kind:"resource:mailchimp" required:"true"`
	List       node.Reference `json:"list_id" title:"Audience" help:"The id of the audience in Mailchimp." required:"true"`
	Email      node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Fields     node.Value     `json:"merge_fields" title:"Merge fields" help:"By their tags, such as {\"FNAME\": \"profile@data.pii.firstname\"}."`
	Subscribed bool           `json:"subscribed" title:"Subscribed" help:"The person has agreed to get mail."`
	Update     bool           `json:"update" title:"Update" help:"Change a contact that is there already."`
}

// Run implements node.Node.
func (n *Add) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	fields, err := n.Fields.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if fields == nil {
		fields = map[string]any{}
	}
	status := "unsubscribed"
	if n.Subscribed {
		status = "subscribed"
	}
	body := map[string]any{"email_address": address, "status": status, "merge_fields": fields}
	method, path := "POST", ""
	if n.Update {
		method, path = "PUT", member(address)
		body["status_if_new"] = status
	}
	request, err := members(ctx, in, n.Source, n.List, method, path)
	if err != nil {
		return node.Output{}, err
	}
	request.JSON = body
	return request.Reply(ctx, in, "response")
}
