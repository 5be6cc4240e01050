// Package hubspot holds the nodes that keep contacts and companies in HubSpot.
package hubspot

import (
	"context"
	"embed"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("hubspot", "HubSpot", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "hubspot", Name: "HubSpot", Icon: "address-book", Doc: "A private app of HubSpot.",
		New: func() any { return &App{} },
	})
}

// App is a resource: a private app of HubSpot.
type App struct {
	Token string `json:"token" title:"Access token" help:"Of the private app, with the scopes for contacts and companies." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*App, error) {
	found := &App{}
	return found, in.Resource(ctx, from.ID, found)
}

// response is the port of what HubSpot answers.
var response = []node.Port{{Name: "response", Doc: "What HubSpot has now."}}

// objects is a call of the API for contacts or companies; id is empty for a new one.
func objects(ctx context.Context, in *node.Input, from node.Reference, method, kind string, id node.Value) (r call.Request, err error) {
	app, err := load(ctx, in, from)
	if err != nil {
		return r, err
	}
	r = call.Request{System: "HubSpot", Method: method, URL: "https://api.hubapi.com/crm/v3/objects/" + kind, Bearer: app.Token}
	if id.Empty() {
		return r, nil
	}
	text, err := id.Text(in)
	r.URL += "/" + url.PathEscape(text)
	return r, err
}

// write sends properties.
func write(ctx context.Context, in *node.Input, r call.Request, properties node.Value) (node.Output, error) {
	made, err := properties.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if made == nil {
		made = map[string]any{}
	}
	r.JSON = map[string]any{"properties": made}
	return r.Reply(ctx, in, "response")
}
