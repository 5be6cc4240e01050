// Package elasticemail holds the nodes that send mail and keep contacts through Elastic Email.
package elasticemail

import (
	"context"
	"embed"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("elasticemail", "Elastic Email", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "elasticemail", Name: "Elastic Email", Icon: "mail-bolt", Doc: "An account of Elastic Email.",
		New: func() any { return &Account{} },
	})
}

// Account is a resource: an account of Elastic Email.
type Account struct {
	Key     string `json:"api_key" title:"API key" help:"With access to contacts and mails." secret:"true" required:"true"`
	Account string `json:"public_account_id" title:"Public account id" help:"Kept for notes; calls need the key alone."`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{}
	return found, in.Resource(ctx, from.ID, found)
}

// response is the port of what Elastic Email answers.
var response = []node.Port{{Name: "response", Doc: "What Elastic Email answers."}}

// reply makes a call of the API, version 4.
func reply(ctx context.Context, in *node.Input, from node.Reference, method, path string, body any) (node.Output, error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return node.Output{}, err
	}
	return call.Request{
		System: "Elastic Email", Method: method, URL: "https://api.elasticemail.com/v4" + path, Header: map[string]string{"X-ElasticEmail-ApiKey": account.Key},
		JSON: body,
	}.Reply(ctx, in, "response")
}
