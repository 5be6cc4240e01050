package parse

import (
	"context"
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "url", Name: "Parse URL", Icon: "link",
		New:     func() node.Node { return &URL{Text: node.ValueOf("session@context.page.url")} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.url_parser.plugin.ParseURLParameters"},
		Examples: []node.Example{
			{
				Name: "the page", Session: `{"context": {"page": {"url": "https://Shop.example.com:8443/shoes%20now?color=red&size=&q=a+b#top"}}}`, Port: "payload",
				Result: `{"url": "https://Shop.example.com:8443/shoes%20now?color=red&size=&q=a+b#top", "scheme": "https", "hostname": "shop.example.com",
					"path": "/shoes%20now", "query": "color=red&size=&q=a+b", "params": {"color": "red", "q": "a b"}, "fragment": "top"}`,
			},
			{
				Name: "the last of equal parameters", Config: `{"url": "/a?x=1&x=2"}`, Port: "payload",
				Result: `{"url": "/a?x=1&x=2", "scheme": "", "hostname": "", "path": "/a", "query": "x=1&x=2", "params": {"x": "2"}, "fragment": ""}`,
			},
			{Name: "no URL", Config: `{"url": "http://[::1"}`, Error: "url: is no URL"},
			{Name: "no such field", Error: "session@context.page.url is missing"},
		},
	})
}

// URL takes a URL apart. The payload is then {"url": "…", "scheme": "https", "hostname": "shop.example.com", "path": "/shoes", "query":
// "color=red", "params": {"color": "red"}, "fragment": "top"}. Empty parameters are left out; of two with the same name the last one
// counts.
type URL struct {
	Text node.Value `json:"url" title:"URL" help:"A place such as session@context.page.url, or the URL itself." required:"true"`
}

// Run implements node.Node.
func (n *URL) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	parsed, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return node.Output{}, tracardi.InvalidField("url", "is no URL: %q", text)
	}
	params := map[string]any{}
	for name, values := range parsed.Query() {
		for _, value := range values {
			if value != "" {
				params[name] = value
			}
		}
	}
	return node.To("payload", map[string]any{
		"url": text, "scheme": parsed.Scheme, "hostname": strings.ToLower(parsed.Hostname()), "path": parsed.EscapedPath(), "query": parsed.RawQuery,
		"params": params, "fragment": parsed.EscapedFragment(),
	}), nil
}
