package web

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "call", Name: "Call an API", Icon: "world-upload",
		New: func() node.Node {
			return &Call{Method: "post", Timeout: 30, DefaultNull: true, Body: bodyOf(typeJSON, "{}"), Bytes: 1 << 20}
		},
		Out:     ports,
		Acts:    true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.api_call.plugin.RemoteCallAction"},
		Examples: []node.Example{
			{
				Name:    "tell a shop of a person",
				Config:  `{"source": "shop", "endpoint": "/people/{{profile@id}}", "body": {"type": "application/json", "content": "{\"seen\": \"event@type\"}"}}`,
				Payload: `{"a": 1}`, Port: "response", Result: `{"status": 201, "content": {"taken": true}, "cookies": {"visit": "7"}}`,
			},
			{
				Name: "a person that the shop does not know", Config: `{"source": "shop", "method": "get", "endpoint": "/nobody"}`,
				Port: "error", Result: `{"message": "shop answered 404 Not Found: nobody", "status": 404, "content": "nobody", "cookies": {}}`,
			},
			{Name: "a shop that is closed", Config: `{"source": "shop", "endpoint": "/broken"}`, Error: "shop answered 503 Service Unavailable"},
			{Name: "no such resource", Config: `{"source": "forgotten"}`, Error: `there is no resource "forgotten"`},
		},
	})
}

// Call sends a request to an API, and goes on at the port response with {"status": 200, "content": …, "cookies": {…}}. The content is
// decoded when it is JSON, else it is a text. An answer other than 2xx goes on at the port error with the same payload and a message.
// When the API can't be reached, is too busy (429) or broken (5xx), the node fails, and is called again as often as its switch says.
//
// The address is that of the resource with the endpoint behind it. The endpoint is a template; what it puts in is escaped, so that it
// can't lead to another place. In headers, cookies and a JSON body, texts such as profile@data.contact.email.main stand for what is
// there. A GET sends its JSON body as parameters of the URL. Certificates are always checked.
//
// When the answer to a POST or PATCH is lost, nobody knows whether the API did what it was asked for, and it is not asked again. A
// header Idempotency-Key, such as event@id, says that the API takes two requests for one; then it is.
type Call struct {
	Method      string                `json:"method" title:"Method" help:"What is done with the thing at the address." enum:"get,post,put,patch,delete"`
	Source      node.Reference        `json:"source" title:"API" help:"The resource with the address and the account." kind:"resource:api" required:"true"`
	Endpoint    node.Template         `json:"endpoint" title:"Endpoint" help:"What follows the address of the resource, such as /people/{{profile@id}}."`
	Body        Body                  `json:"body" title:"Body" help:"What is sent: JSON, a form (a JSON object), or any text with places to fill in."`
	DefaultNull bool                  `json:"set_default_null" title:"Missing values are null" help:"Else a place in a JSON body that is not in the data is a failure."`
	Headers     map[string]node.Value `json:"headers" title:"Headers" help:"Texts, or places such as payload@token."`
	Cookies     map[string]node.Value `json:"cookies" title:"Cookies" help:"Texts, or places such as payload@cookies.visit."`
	Timeout     int                   `json:"timeout" title:"Timeout" help:"Seconds to wait for the whole answer." min:"1" max:"30"`
	Bytes       int64                 `json:"max_bytes" title:"Size of the answer" help:"Bytes; a larger answer is a failure." min:"1" max:"10485760"`
	Log         bool                  `json:"log" title:"Log" help:"Note each call and its status beside the run."`
}

// Repeatable implements node.Repeater.
func (n *Call) Repeatable() bool {
	for name := range n.Headers {
		if strings.EqualFold(name, call.IdempotencyKey) {
			return true
		}
	}
	return call.Repeatable(strings.ToUpper(n.Method))
}

// Run implements node.Node.
func (n *Call) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	api, err := loadAPI(ctx, in, n.Source.ID)
	if err != nil {
		return node.Output{}, err
	}
	endpoint, err := n.Endpoint.RenderURL(in)
	if err != nil {
		return node.Output{}, err
	}
	request := api.request(endpoint)
	request.System, request.Method = n.Source.ID, strings.ToUpper(n.Method)
	request.Timeout, request.Bytes = seconds(n.Timeout), n.Bytes
	if err := n.Body.put(in, &request, expr.ReshapeOptions{UseDefault: n.DefaultNull}); err != nil {
		return node.Output{}, err
	}
	headers, err := texts(in, "headers", n.Headers)
	if err != nil {
		return node.Output{}, err
	}
	for name, value := range headers {
		request.Header[name] = value
	}
	if request.Cookies, err = texts(in, "cookies", n.Cookies); err != nil {
		return node.Output{}, err
	}
	answer, err := request.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if n.Log {
		in.Log(slog.LevelInfo, fmt.Sprintf("%s /%s of %s answered %d", request.Method, strings.TrimPrefix(endpoint, "/"), n.Source.ID, answer.Status))
	}
	return answer.With("response", answered(answer, answer.Content())), nil
}
