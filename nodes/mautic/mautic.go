// Package mautic holds the nodes that keep contacts in Mautic.
package mautic

import (
	"context"
	"embed"
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("mautic", "Mautic", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "mautic", Name: "Mautic", Icon: "address-book", Doc: "A server of Mautic.",
		New: func() any { return &Server{} },
	})
}

// Server is a resource: a server of Mautic.
type Server struct {
	URL     string `json:"api_url" title:"URL" help:"Of the server, such as https://mautic.example.com." required:"true"`
	Public  string `json:"public_key" title:"Public key" help:"Of the API credentials (OAuth 2, client credentials)." required:"true"`
	Private string `json:"private_key" title:"Private key" help:"Of the API credentials." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Server, error) {
	found := &Server{}
	return found, in.Resource(ctx, from.ID, found)
}

// answered are the ports of what Mautic answers, done of what it has done.
var (
	answered = []node.Port{{Name: "response", Doc: "What Mautic answers."}}
	done     = []node.Port{{Name: "success", Doc: "Mautic has done it."}}
)

// request logs in, and makes a call of the API. When that is refused, it returns how the flow goes on instead.
func request(ctx context.Context, in *node.Input, from node.Reference, method, path string) (r call.Request, refused node.Output, err error) {
	server, err := load(ctx, in, from)
	if err != nil {
		return r, refused, err
	}
	base := strings.TrimSuffix(server.URL, "/")
	login, err := call.Request{System: "Mautic", URL: base + "/oauth/v2/token", Form: url.Values{
		"grant_type": {"client_credentials"}, "client_id": {server.Public}, "client_secret": {server.Private},
	}}.Do(ctx, in)
	if err != nil {
		return r, refused, err
	}
	token, _ := tracardi.Dig(login.Content(), "access_token")
	text, ok := token.(string)
	if !login.OK() || !ok {
		return r, login.Refuse(login.Payload()), nil
	}
	return call.Request{System: "Mautic", Method: method, URL: base + "/api" + path, Bearer: text}, refused, nil
}

// reply makes a call and goes on with what Mautic answers.
func reply(ctx context.Context, in *node.Input, from node.Reference, method, path string, body any, port string) (node.Output, error) {
	r, refused, err := request(ctx, in, from, method, path)
	if err != nil || refused.Results != nil {
		return refused, err
	}
	r.JSON = body
	return r.Reply(ctx, in, port)
}
