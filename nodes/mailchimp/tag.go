package mailchimp

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "tag", Name: "Tag contact of Mailchimp", Icon: "tags",
		New:  func() node.Node { return &Tag{} },
		Out:  response,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mailchimp.tag_contact.plugin.MailChimpContactTagger"},
		Examples: []node.Example{
			{
				Name:    "two tags",
				Config:  `{"source": "mailchimp", "list_id": "l1", "email": "profile@data.contact.email.main", "tags": "customer, {{event@type}}"}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"content": null}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "mailchimp", "list_id": "l2", "email": "a@example.com", "tags": "a"}`,
				Port:   "error",
				Result: `{"message": "Mailchimp answered 404 Not Found: {\"title\": \"Resource Not Found\"}", "status": 404,
					"content": {"title": "Resource Not Found"}}`,
			},
		},
	})
}

// Tag puts tags on a contact of an audience of Mailchimp. The payload at the port response is {"content": null}; a contact that is
// not there goes on at the port error.
type Tag struct {
	Source node.Reference `json:"source" title:"Mailchimp" help:"The resource with the token." kind:"resource:mailchimp" required:"true"`
	List   node.Reference `json:"list_id" title:"Audience" help:"The id of the audience in Mailchimp." required:"true"`
	Email  node.Value     `json:"email" title:"E-mail" help:"An address, or a place that holds one such as profile@data.contact.email.main." required:"true"`
	Tags   node.Template  `json:"tags" title:"Tags" help:"Separated by commas, with places such as {{event@type}}." required:"true"`
}

// Run implements node.Node.
func (n *Tag) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	address, err := n.Email.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	text, err := n.Tags.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	tags := []any{}
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, map[string]any{"name": tag, "status": "active"})
		}
	}
	request, err := members(ctx, in, n.Source, n.List, "POST", member(address)+"/tags")
	if err != nil {
		return node.Output{}, err
	}
	request.JSON = map[string]any{"tags": tags}
	return request.Reply(ctx, in, "response")
}
