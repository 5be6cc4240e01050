package web

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "api", Name: "HTTP API", Icon: "api", Doc: "An API that is called over HTTP, and how the calls identify themselves.",
		New: func() any { return newAPI() },
	})
}

// API is a resource: any HTTP API.
type API struct {
	URL       string            `json:"url" title:"URL" help:"Where the API begins, such as https://api.example.com/v1." required:"true"`
	Username  string            `json:"username" title:"User name" help:"For basic authentication."`
	Password  string            `json:"password" title:"Password" help:"For basic authentication." secret:"true"`
	Token     string            `json:"token" title:"Token" help:"Sent as Authorization: Bearer …" secret:"true"`
	Key       string            `json:"key" title:"Key" help:"Sent in a header of its own." secret:"true"`
	KeyHeader string            `json:"key_header" title:"Header of the key" help:"The header in which the key is sent."`
	Headers   map[string]string `json:"headers" title:"Headers" help:"Further headers of each call."`
}

func newAPI() *API { return &API{KeyHeader: "X-API-Key"} }

// Check implements node.Checker.
func (a *API) Check() error { return checkURL("url", a.URL) }

// loadAPI reads a resource.
func loadAPI(ctx context.Context, in *node.Input, id string) (*API, error) {
	api := newAPI()
	if err := in.Resource(ctx, id, api); err != nil {
		return nil, err
	}
	return api, nil
}

// request is a call of the API; endpoint is what follows its URL.
func (a *API) request(endpoint string) call.Request {
	header := map[string]string{}
	for name, value := range a.Headers {
		header[name] = value
	}
	if a.Key != "" {
		header[a.KeyHeader] = a.Key
	}
	return call.Request{URL: joined(a.URL, endpoint), Header: header, User: a.Username, Password: a.Password, Bearer: a.Token}
}

// joined puts an endpoint behind a URL, in such a way that it can't change the name of the system.
func joined(base, endpoint string) string {
	if endpoint == "" || strings.HasPrefix(endpoint, "?") {
		return base + endpoint
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(endpoint, "/")
}

// TestConnection implements node.ConnectionTester: the system must answer, and not refuse the account.
func (a *API) TestConnection(ctx context.Context, network node.Network) error {
	return call.Reach(ctx, network, a.request(""))
}
