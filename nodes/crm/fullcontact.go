package crm

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "fullcontact", Name: "Enrich by FullContact", Icon: "user-search",
		New:     func() node.Node { return &FullContact{Timeout: 30} },
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.full_contact.person_enrich.plugin.FullContactAction"},
		Examples: []node.Example{
			{
				Name: "by e-mail",
				Config: `{"source": "fullcontact", "pii": {"email": "profile@data.contact.email.main",
					"phone": "profile@data.contact.phone.main", "emails": []}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "payload",
				Result:  `{"status": 200, "body": {"fullName": "Ann Lee"}}`,
			},
			{
				Name:   "nobody",
				Config: `{"source": "fullcontact", "pii": {"email": "b@example.com"}}`,
				Port:   "error",
				Result: `{"message": "FullContact answered 404 Not Found", "status": 404, "body": null}`,
			},
		},
	})
}

// FullContact asks FullContact what it knows of a person. The answer goes on at the port payload, as {"status": 200, "body":
// {"fullName": "…", …}}; somebody whom FullContact does not know goes on at the port error.
type FullContact struct {
	Source  node.Reference `json:"source" title:"FullContact" help:"The resource with the token." kind:"resource:fullcontact" required:"true"`
	Person  node.Value     `json:"pii" title:"Person" help:"What is known: email, emails, phone, phones, location, name, with places such as profile@data.contact.email.main." required:"true"`
	Timeout int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *FullContact) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &FullContactAccount{}
	if err := in.Resource(ctx, n.Source.ID, account); err != nil {
		return node.Output{}, err
	}
	person, err := n.Person.Shape(in, expr.ReshapeOptions{UseDefault: true, OmitNull: true})
	if err != nil {
		return node.Output{}, err
	}
	answer, err := call.Request{
		System: "FullContact", URL: "https://api.fullcontact.com/v3/person.enrich", Bearer: account.Token, JSON: person,
		Timeout: time.Duration(n.Timeout) * time.Second,
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	return answer.With("payload", map[string]any{"status": answer.Status, "body": answer.Content()}), nil
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "fullcontact", Name: "FullContact", Icon: "user-search", Doc: "An account of FullContact.",
		New: func() any { return &FullContactAccount{} },
	})
}

// FullContactAccount is a resource.
type FullContactAccount struct {
	Token string `json:"token" title:"API key" help:"Of the account." secret:"true" required:"true"`
}
