package parse

import (
	"context"
	"fmt"
	"strings"

	"github.com/antchfx/htmlquery"
	"github.com/antchfx/xpath"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "xpath", Name: "Read HTML by XPath", Icon: "file-type-html",
		New:     func() node.Node { return &XPath{} },
		Out:     []node.Port{{Name: "result", Doc: "What was found, as result."}},
		Aliases: []string{"tracardi.process_engine.action.v1.scrapper.xpath.plugin.HtmlXpathScrapperAction"},
		Examples: []node.Example{
			{
				Name: "texts", Config: `{"xpath": "//li", "content": "payload@content"}`, Payload: `{"content": "<ul><li>Red <b>shoe</b><li>Hat</ul>"}`,
				Port: "result", Result: `{"result": ["Red shoe", "Hat"]}`,
			},
			{
				Name: "attributes", Config: `{"xpath": "//a/@href", "content": "payload@content"}`, Payload: `{"content": "<a href=/a>A</a><a href=/b>B</a>"}`,
				Port: "result", Result: `{"result": ["/a", "/b"]}`,
			},
			{
				Name: "a number", Config: `{"xpath": "count(//a)", "content": "payload@content"}`, Payload: `{"content": "<a>A</a><a>B</a>"}`,
				Port: "result", Result: `{"result": 2}`,
			},
			{
				Name: "nothing", Config: `{"xpath": "//h1", "content": "payload@content"}`, Payload: `{"content": "<p>Hello</p>"}`,
				Port: "error", Result: `{"message": "there is nothing at //h1"}`,
			},
			{Name: "no such field", Config: `{"xpath": "//h1", "content": "payload@content"}`, Error: "payload@content is missing"},
		},
	})
}

// XPath finds parts of an HTML page by an XPath expression. The payload is then {"result": ["…", "…"]} with the text of each element, or
// the value of each attribute, that was found; an expression such as count(//a) or string(//h1) has its one value as the result. When
// nothing is found, it goes on at the port error.
type XPath struct {
	Path    string     `json:"xpath" title:"XPath" help:"Such as //h1, //a/@href or count(//li)." required:"true"`
	Content node.Value `json:"content" title:"HTML" help:"A place that holds the page, such as payload@content." required:"true"`
}

// Check implements node.Checker.
func (n *XPath) Check() error {
	if _, err := xpath.Compile(n.Path); err != nil {
		return tracardi.InvalidField("xpath", "can't be read: %v", err)
	}
	return nil
}

// Run implements node.Node.
func (n *XPath) Run(_ context.Context, in *node.Input) (node.Output, error) {
	content, err := n.Content.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	page, err := htmlquery.Parse(strings.NewReader(content))
	if err != nil {
		return node.Output{}, tracardi.InvalidField("content", "is no HTML: %v", err)
	}
	path, err := xpath.Compile(n.Path)
	if err != nil {
		return node.Output{}, err
	}
	found := path.Evaluate(htmlquery.CreateXPathNavigator(page))
	if nodes, ok := found.(*xpath.NodeIterator); ok {
		texts := []any{}
		for nodes.MoveNext() {
			texts = append(texts, strings.TrimSpace(nodes.Current().Value()))
		}
		if len(texts) == 0 {
			return node.Fail(fmt.Sprintf("there is nothing at %s", n.Path)), nil
		}
		found = texts
	}
	return node.To("result", map[string]any{"result": found}), nil
}
