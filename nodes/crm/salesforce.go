package crm

import (
	"context"
	"net/url"
	"regexp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "salesforce-row", Name: "Write row of Salesforce Marketing Cloud", Icon: "cloud-upload",
		New:  func() node.Node { return &Salesforce{} },
		Out:  []node.Port{{Name: "success", Doc: "Salesforce has taken the row."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.salesforce.marketing_cloud.send.plugin.DataExtensionSender"},
		Examples: []node.Example{
			{
				Name:    "a row",
				Config:  `{"source": "salesforce", "extension_id": "people", "mapping": {"Email": "profile@data.contact.email.main"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "success",
				Result:  `{"requestId": "r1"}`,
			},
			{
				Name:   "a change",
				Config: `{"source": "salesforce", "extension_id": "people", "update": true, "mapping": {"Email": "a@example.com"}}`,
				Port:   "success",
				Result: `{"requestId": "r2"}`,
			},
			{
				Name:   "a wrong secret",
				Config: `{"source": "locked", "extension_id": "people", "mapping": {"Email": "a@example.com"}}`,
				Port:   "error",
				Result: `{"message": "Salesforce answered 401 Unauthorized", "status": 401, "content": null}`,
			},
		},
	})
}

// Salesforce adds a row to a data extension of Salesforce Marketing Cloud, or, with update, changes the one with the same key. What
// Salesforce answers goes on at the port success, as {"requestId": "…"}: it does the work later. A refusal goes on at the port error.
type Salesforce struct {
	Source    node.Reference `json:"source" title:"Salesforce" help:"The resource with the account." kind:"resource:salesforce" required:"true"`
	Extension string         `json:"extension_id" title:"Data extension" help:"Its external key." required:"true"`
	Update    bool           `json:"update" title:"Update" help:"Change the row that has the same primary key."`
	Mapping   node.Value     `json:"mapping" title:"Columns" help:"By their names, such as {\"Email\": \"profile@data.contact.email.main\"}." required:"true"`
}

// Run implements node.Node.
func (n *Salesforce) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	account := &SalesforceAccount{}
	if err := in.Resource(ctx, n.Source.ID, account); err != nil {
		return node.Output{}, err
	}
	if !subdomain.MatchString(account.Subdomain) {
		return node.Output{}, tracardi.Errorf(tracardi.Invalid, "the subdomain of %s is none", n.Source.ID)
	}
	row, err := n.Mapping.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	login, err := call.Request{System: "Salesforce", URL: "https://" + account.Subdomain + ".auth.marketingcloudapis.com/v2/token", JSON: map[string]any{
		"grant_type": "client_credentials", "client_id": account.ID, "client_secret": account.Secret,
	}}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	token, _ := tracardi.Dig(login.Content(), "access_token")
	text, ok := token.(string)
	if !login.OK() || !ok {
		return login.Refuse(login.Payload()), nil
	}
	method := "POST"
	if n.Update {
		method = "PUT"
	}
	return call.Request{
		System: "Salesforce", Method: method, Bearer: text, JSON: map[string]any{"items": []any{row}},
		URL: "https://" + account.Subdomain + ".rest.marketingcloudapis.com/data/v1/async/dataextensions/key:" + url.PathEscape(n.Extension) + "/rows",
	}.Reply(ctx, in, "success")
}

var subdomain = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "salesforce", Name: "Salesforce Marketing Cloud", Icon: "cloud-upload", Doc: "An account of Salesforce Marketing Cloud.",
		New: func() any { return &SalesforceAccount{} },
	})
}

// SalesforceAccount is a resource.
type SalesforceAccount struct {
	ID        string `json:"client_id" title:"Client id" help:"Of the installed package (server to server)." required:"true"`
	Secret    string `json:"client_secret" title:"Client secret" help:"Of the installed package." secret:"true" required:"true"`
	Subdomain string `json:"subdomain" title:"Subdomain" help:"What stands before .auth.marketingcloudapis.com." required:"true"`
}
