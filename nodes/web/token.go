package web

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "oauth2-token", Name: "Get an OAuth 2 token", Icon: "key",
		New:     func() node.Node { return &Token{Grant: "password"} },
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.oauth2_token.plugin.TokenGetter"},
		Examples: []node.Example{
			{
				Name: "into the payload", Config: `{"source": "tokens", "destination": "payload@token"}`, Payload: `{"a": 1}`,
				Port: "payload", Result: `{"a": 1, "token": {"access_token": "abc", "token_type": "bearer"}}`,
			},
			{
				Name: "a wrong password", Config: `{"source": "gone", "destination": "payload@token"}`, Payload: `{"a": 1}`,
				Port: "error", Result: `{"message": "gone answered 404 Not Found: nobody", "status": 404, "content": "nobody"}`,
			},
			{Name: "no such resource", Config: `{"source": "forgotten", "destination": "payload@token"}`, Error: `there is no resource "forgotten"`},
		},
	})
}

// Token gets a token from an OAuth 2 server and puts the server's answer, such as {"access_token": "…", "expires_in": 3600}, into a place
// of the data. Other nodes use it as payload@token.access_token. A refusal goes on at the port error.
//
// The URL of the resource is that of the server's tokens. With the grant password, the user name and password of the resource are sent
// as those of a user; with client_credentials they are those of the program.
type Token struct {
	Source      node.Reference `json:"source" title:"Token server" help:"The resource with the URL, the user name and the password." kind:"resource:api" required:"true"`
	Destination node.Path      `json:"destination" title:"Destination" help:"Where the answer goes, such as payload@token." required:"true"`
	Grant       string         `json:"grant" title:"Grant" help:"Whose name and password they are." enum:"password,client_credentials"`
}

// Run implements node.Node.
func (n *Token) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	api, err := loadAPI(ctx, in, n.Source.ID)
	if err != nil {
		return node.Output{}, err
	}
	request := call.Request{System: n.Source.ID, URL: api.URL, Header: api.Headers, Form: url.Values{"grant_type": {n.Grant}}}
	if n.Grant == "password" {
		request.Form.Set("username", api.Username)
		request.Form.Set("password", api.Password)
	} else {
		request.User, request.Password = url.QueryEscape(api.Username), url.QueryEscape(api.Password) // as RFC 6749, 2.3.1 says
	}
	answer, err := request.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	token, ok := answer.Content().(map[string]any)
	if !ok || token["access_token"] == nil {
		return node.Output{}, tracardi.Errorf(tracardi.Invalid, "%s gave no access_token", n.Source.ID)
	}
	if err := n.Destination.Set(in, token); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}
