package web

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "fetch", Name: "Fetch a page", Icon: "world-download",
		New:     func() node.Node { return &Fetch{Method: "get", Timeout: 30, Bytes: 1 << 20} },
		Out:     ports,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.html.fetch.plugin.HtmlPageFetchAction"},
		Examples: []node.Example{
			{
				Name: "a page", Config: `{"url": "https://shop.example.com/page?for={{event@type}}"}`, Payload: `{"a": 1}`,
				Port: "response", Result: `{"status": 200, "content": "<h1>Hi</h1>", "cookies": {}}`,
			},
			{
				Name: "no page", Config: `{"url": "https://shop.example.com/nobody"}`,
				Port: "error", Result: `{"message": "shop.example.com answered 404 Not Found: nobody", "status": 404, "content": "nobody", "cookies": {}}`,
			},
			{Name: "no such field", Config: `{"url": "https://shop.example.com/{{payload@page}}"}`, Error: "payload@page"},
		},
	})
}

// Fetch gets a page as a text, and goes on at the port response with {"status": 200, "content": "<html>…", "cookies": {…}}. An answer
// other than 2xx goes on at the port error with the same payload and a message. When the page can't be reached, or its server is too
// busy (429) or broken (5xx), the node fails.
//
// The URL and the body are templates. What is put into the URL is escaped, and can't be the name of the server. Certificates are always
// checked.
type Fetch struct {
	Method  string                `json:"method" title:"Method" help:"How the page is asked for." enum:"get,post,put,delete"`
	URL     node.Template         `json:"url" title:"URL" help:"Such as https://shop.example.com/products/{{event@properties.id}}." required:"true"`
	Body    node.Template         `json:"body" title:"Body" help:"What is sent, as plain text." widget:"textarea"`
	Headers map[string]node.Value `json:"headers" title:"Headers" help:"Texts, or places such as payload@token."`
	Cookies map[string]node.Value `json:"cookies" title:"Cookies" help:"Texts, or places such as payload@cookies.visit."`
	Timeout int                   `json:"timeout" title:"Timeout" help:"Seconds to wait for the whole answer." min:"1" max:"30"`
	Bytes   int64                 `json:"max_bytes" title:"Size of the page" help:"Bytes; a larger page is a failure." min:"1" max:"10485760"`
}

// Check implements node.Checker.
func (n *Fetch) Check() error {
	text, _ := n.URL.MarshalText()
	return checkURL("url", string(text))
}

// Run implements node.Node.
func (n *Fetch) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	request := call.Request{Method: strings.ToUpper(n.Method), Timeout: seconds(n.Timeout), Bytes: n.Bytes}
	var err error
	if request.URL, err = n.URL.RenderURL(in); err != nil {
		return node.Output{}, err
	}
	request.System = hostOf(request.URL)
	body, err := n.Body.Render(in)
	if err != nil {
		return node.Output{}, err
	}
	if body != "" {
		request.Body, request.Type = []byte(body), "text/plain; charset=utf-8"
	}
	if request.Header, err = texts(in, "headers", n.Headers); err != nil {
		return node.Output{}, err
	}
	if request.Cookies, err = texts(in, "cookies", n.Cookies); err != nil {
		return node.Output{}, err
	}
	answer, err := request.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	return answer.With("response", answered(answer, strings.ToValidUTF8(string(answer.Body), "\uFFFD"))), nil
}

// hostOf is the name of the system in a URL.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	return host[strings.LastIndex(host, "@")+1:]
}
