// Package sendgrid holds the nodes that send mail and keep contacts through SendGrid.
package sendgrid

import (
	"context"
	"embed"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("sendgrid", "SendGrid", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "sendgrid", Name: "SendGrid", Icon: "mail-forward", Doc: "An account of SendGrid.",
		New: func() any { return &Account{} },
	})
}

// Account is a resource: an account of SendGrid.
type Account struct {
	Token string `json:"token" title:"API key" help:"Begins with SG." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{}
	return found, in.Resource(ctx, from.ID, found)
}

// response is the port of what SendGrid answers.
var response = []node.Port{{Name: "response", Doc: "What SendGrid answers."}}

// request is a call of the API.
func request(ctx context.Context, in *node.Input, from node.Reference, method, path string, body any) (call.Request, error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return call.Request{}, err
	}
	return call.Request{System: "SendGrid", Method: method, URL: "https://api.sendgrid.com/v3" + path, Bearer: account.Token, JSON: body}, nil
}
