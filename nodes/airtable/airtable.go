// Package airtable holds the nodes that keep records in Airtable.
package airtable

import (
	"context"
	"embed"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("airtable", "Airtable", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "airtable", Name: "Airtable", Icon: "table", Doc: "An account of Airtable.",
		New: func() any { return &Account{} },
	})
}

// Account is a resource: an account of Airtable.
type Account struct {
	Key string `json:"api_key" title:"Access token" help:"A personal access token with the scopes data.records:read and data.records:write." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{}
	return found, in.Resource(ctx, from.ID, found)
}

// response is the port of what Airtable answers.
var response = []node.Port{{Name: "response", Doc: "What Airtable answers."}}

// table is a call for the records of a table.
func table(ctx context.Context, in *node.Input, from node.Reference, base, name string) (call.Request, error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return call.Request{}, err
	}
	return call.Request{
		System: "Airtable", URL: "https://api.airtable.com/v0/" + url.PathEscape(base) + "/" + url.PathEscape(name), Bearer: account.Key,
	}, nil
}
