// Package activecampaign holds the nodes that keep contacts in ActiveCampaign.
package activecampaign

import (
	"context"
	"embed"
	"strings"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("activecampaign", "ActiveCampaign", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "activecampaign", Name: "ActiveCampaign", Icon: "address-book", Doc: "An account of ActiveCampaign.",
		New: func() any { return &Account{} },
	})
}

// Account is a resource: an account of ActiveCampaign.
type Account struct {
	URL string `json:"api_url" title:"URL" help:"From Settings, Developer, such as https://shop.api-us1.com." required:"true"`
	Key string `json:"api_key" title:"API key" help:"From Settings, Developer." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{}
	return found, in.Resource(ctx, from.ID, found)
}

// contacts is a call of the API, version 3.
func contacts(ctx context.Context, in *node.Input, from node.Reference, path string) (call.Request, error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return call.Request{}, err
	}
	return call.Request{System: "ActiveCampaign", URL: strings.TrimSuffix(account.URL, "/") + "/api/3" + path, Header: map[string]string{"Api-Token": account.Key}}, nil
}
