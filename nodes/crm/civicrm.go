package crm

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "civicrm-add", Name: "Add contact to CiviCRM", Icon: "user-plus",
		New:  func() node.Node { return &CiviCRM{Kind: "Individual"} },
		Out:  []node.Port{{Name: "success", Doc: "The contact is there."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.civi_crm.add_contact.plugin.AddCiviContactAction"},
		Examples: []node.Example{
			{
				Name:    "a contact",
				Config:  `{"source": "civi-crm", "fields": {"email": "profile@data.contact.email.main"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "success",
				Result:  `{"is_error": 0, "id": 7}`,
			},
			{
				Name:   "a refusal",
				Config: `{"source": "civi-crm", "contact_type": "Household", "fields": {}}`,
				Port:   "error",
				Result: `{"message": "CiviCRM answered 200 OK: {\"is_error\": 1}", "status": 200, "content": {"is_error": 1}}`,
			},
			{
				Name:   "no object",
				Config: `{"source": "civi-crm", "fields": "event@type"}`,
				Error:  `fields: must be an object`,
			},
		},
	})
}

// CiviCRM adds a contact to CiviCRM; with an id among the fields it changes that one. What CiviCRM answers goes on at the port
// success, as {"id": …, "values": {…}}; a refusal goes on at the port error.
type CiviCRM struct {
	Source node.Reference `json:"source" title:"CiviCRM" help:"The resource with the keys." kind:"resource:civi-crm" required:"true"`
	Kind   string         `json:"contact_type" title:"Kind" help:"Of the contact." enum:"Individual,Organization,Household"`
	Fields node.Value     `json:"fields" title:"Fields" help:"By their names in CiviCRM, such as {\"email\": \"profile@data.contact.email.main\"}." required:"true"`
}

// Run implements node.Node.
func (n *CiviCRM) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	server := &CiviServer{}
	if err := in.Resource(ctx, n.Source.ID, server); err != nil {
		return node.Output{}, err
	}
	made, err := n.Fields.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	contact, ok := made.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("fields", "must be an object")
	}
	contact["contact_type"] = n.Kind
	answer, err := call.Request{System: "CiviCRM", URL: server.URL, Form: url.Values{
		"entity": {"Contact"}, "action": {"create"}, "api_key": {server.Key}, "key": {server.Site}, "json": {string(tracardi.AppendValue(nil, contact))},
	}}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	content, ok := answer.Content().(map[string]any)
	if failed := content["is_error"]; !answer.OK() || !ok || failed != 0.0 && failed != nil { // an error has the status 200
		return answer.Refuse(answer.Payload()), nil
	}
	return node.To("success", content), nil
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "civi-crm", Name: "CiviCRM", Icon: "address-book", Doc: "A server of CiviCRM.",
		New: func() any { return &CiviServer{} },
	})
}

// CiviServer is a resource.
type CiviServer struct {
	URL  string `json:"api_url" title:"URL" help:"Of the REST API, version 3, such as https://example.com/…/civicrm/extern/rest.php." required:"true"`
	Site string `json:"site_key" title:"Site key" help:"Of the server." secret:"true" required:"true"`
	Key  string `json:"api_key" title:"API key" help:"Of the contact in whose name it is done." secret:"true" required:"true"`
}
