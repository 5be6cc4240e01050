package message

import (
	"context"
	"crypto/sha1" // an id of other systems, no secret
	"encoding/hex"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "novu", Name: "Novu", Icon: "bell", Doc: "An environment of Novu, which carries notifications to people.",
		New: func() any { return &NovuAccount{URL: "https://api.novu.co"} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "novu", Name: "Novu notification", Icon: "bell",
		New: func() node.Node {
			return &Novu{
				Subscriber: node.ValueOf("profile@id"), Email: node.ValueOf("profile@data.contact.email.main"), Payload: node.ValueOf(map[string]any{}), Upsert: true,
			}
		},
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.novu.trigger.plugin.NovuTriggerAction"},
		Import:  node.FromJSONText("payload"),
		Examples: []node.Example{
			{
				Name: "an order", Config: `{"source": "novu", "template": {"id": "t1", "name": "order"}, "payload": {"total": "event@properties.total"}, "tenant": "shop"}`,
				Event: `{"properties": {"total": 12}}`, Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port: "response", Result: `{"status": 201, "content": {"data": {"acknowledged": true}}}`,
			},
			{
				Name: "no such template", Config: `{"source": "novu", "template": "wrong", "upsert_subscriber": false, "hash": true}`, Port: "error",
				Result: `{"message": "Novu answered 422 Unprocessable Entity: {\"statusCode\": 422}", "status": 422, "content": {"statusCode": 422}}`,
			},
			{Name: "nobody", Config: `{"source": "novu", "template": "order"}`, Profile: "null", Error: "profile@id is missing"},
		},
	})
}

// NovuAccount is a resource.
type NovuAccount struct {
	Token string `json:"token" title:"API key" help:"Of the environment." secret:"true" required:"true"`
	URL   string `json:"url" title:"URL" help:"https://api.novu.co, https://eu.api.novu.co, or your own server." required:"true"`
}

// Novu triggers a notification of Novu for a person. It goes on at the port response with {"status": 201, "content": …}; a refusal goes on
// at the port error. Texts in the data such as event@properties.total stand for what is there.
type Novu struct {
	Source     node.Reference `json:"source" title:"Novu" help:"The resource with the key." kind:"resource:novu" required:"true"`
	Template   node.Reference `json:"template" title:"Workflow" help:"The trigger of the workflow in Novu, such as order-placed." required:"true"`
	Subscriber node.Value     `json:"subscriber_id" title:"Subscriber" help:"Under which id Novu knows the person." required:"true"`
	Email      node.Value     `json:"recipient_email" title:"E-mail" help:"The address of the person; not sent when it is not in the data."`
	Payload    node.Value     `json:"payload" title:"Data" help:"What the notification is filled in with."`
	Hash       bool           `json:"hash" title:"Hide the id" help:"Send a hash (SHA-1) of the subscriber's id."`
	Upsert     bool           `json:"upsert_subscriber" title:"Make the subscriber known" help:"Send names and phone number too, so that Novu knows them."`
	Tenant     node.Reference `json:"tenant" title:"Tenant" help:"Of Novu; may be empty."`
}

// subscriber is what Novu knows of a person, and where we have it.
var subscriber = map[string]node.Path{
	"firstName": node.PathTo("profile@data.pii.firstname"),
	"lastName":  node.PathTo("profile@data.pii.lastname"),
	"phone":     node.PathTo("profile@data.contact.phone.main"),
}

// Run implements node.Node.
func (n *Novu) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &NovuAccount{URL: "https://api.novu.co"}
	if err := in.Resource(ctx, n.Source.ID, account); err != nil {
		return node.Output{}, err
	}
	id, err := n.Subscriber.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	if n.Hash {
		sum := sha1.Sum([]byte(id))
		id = hex.EncodeToString(sum[:])
	}
	to := map[string]any{"subscriberId": id}
	email, err := n.Email.Shape(in, expr.ReshapeOptions{UseDefault: true})
	if err != nil {
		return node.Output{}, err
	}
	if email != nil && email != "" {
		to["email"] = email
	}
	if n.Upsert {
		for name, path := range subscriber {
			if value, ok := path.Get(in); ok && value != nil && value != "" {
				to[name] = value
			}
		}
	}
	data, err := n.Payload.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	body := map[string]any{"name": n.Template.ID, "to": to, "payload": data}
	if n.Tenant.ID != "" {
		body["tenant"] = n.Tenant.ID
	}
	return call.Request{
		System: "Novu", URL: account.URL + "/v1/events/trigger", Header: map[string]string{"Authorization": "ApiKey " + account.Token}, JSON: body,
	}.Output(ctx, in, "response")
}
