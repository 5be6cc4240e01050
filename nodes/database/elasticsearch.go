package database

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "elasticsearch", Name: "Elasticsearch", Icon: "database-search", Doc: "A cluster of Elasticsearch or OpenSearch.",
		New: func() any { return newElasticCluster() },
	})
}

func init() {
	group.Register(node.Type{
		ID: "elasticsearch", Name: "Query Elasticsearch", Icon: "database-search",
		New: func() node.Node {
			return &Elasticsearch{Query: node.ValueOf(map[string]any{"query": map[string]any{"match_all": map[string]any{}}})}
		},
		Out:     []node.Port{{Name: "result", Doc: "What the cluster answers."}},
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.elasticsearch.query.plugin.ElasticSearchFetcher"},
		Import:  node.FromJSONText("query"),
		Examples: []node.Example{
			{
				Name: "one color", Config: `{"source": "elastic", "index": {"id": "shoes", "name": "Shoes"}, "query": {"query": {"term": {"color": "payload@color"}}}}`,
				Payload: `{"color": "red"}`, Port: "result", Result: `{"hits": {"total": {"value": 1}}}`,
			},
			{
				Name: "no such index", Config: `{"source": "elastic", "index": "nobody"}`, Port: "error",
				Result: `{"message": "Elasticsearch answered 404 Not Found: {\"status\": 404}", "status": 404, "content": {"status": 404}}`,
			},
			{Name: "no such field", Config: `{"source": "elastic", "index": "shoes", "query": {"size": "payload@n"}}`, Error: "payload@n is missing"},
		},
	})
}

// ElasticCluster is a resource: a cluster of Elasticsearch or OpenSearch.
type ElasticCluster struct {
	URL      string `json:"url" title:"Host" help:"Name of the cluster, or a whole URL." required:"true"`
	Port     int    `json:"port" title:"Port" help:"9200 unless somebody changed it; for a host without a port." min:"1" max:"65535"`
	Scheme   string `json:"scheme" title:"Scheme" help:"For a host that is no URL." enum:"https,http"`
	Username string `json:"username" title:"User name" help:"Empty when the cluster asks for no login, or for a key."`
	Password string `json:"password" title:"Password" help:"Of the user." secret:"true"`
	Key      string `json:"api_key" title:"API key" help:"As Elasticsearch encodes it." secret:"true"`
}

func newElasticCluster() *ElasticCluster { return &ElasticCluster{Port: 9200, Scheme: "https"} }

func (c *ElasticCluster) request(path string) call.Request {
	base := strings.TrimSuffix(c.URL, "/")
	if !strings.Contains(base, "://") {
		base = c.Scheme + "://" + base + ":" + strconv.Itoa(c.Port)
	}
	r := call.Request{System: "Elasticsearch", URL: base + path, User: c.Username, Password: c.Password}
	if c.Key != "" {
		r.Header = map[string]string{"Authorization": "ApiKey " + c.Key}
	}
	return r
}

// TestConnection implements node.ConnectionTester.
func (c *ElasticCluster) TestConnection(ctx context.Context, network node.Network) error {
	return call.Reach(ctx, network, c.request("/"))
}

// Elasticsearch searches an index of Elasticsearch or OpenSearch. What the cluster answers goes on at the port result, as {"hits": {"hits":
// […]}}; a refusal goes on at the port error. In the query, texts such as profile@data.contact.email.main stand for what is there.
type Elasticsearch struct {
	Source node.Reference `json:"source" title:"Cluster" help:"The resource with the account." kind:"resource:elasticsearch" required:"true"`
	Index  node.Reference `json:"index" title:"Index" help:"Its name, or an alias." required:"true"`
	Query  node.Value     `json:"query" title:"Query" help:"The body of the search, such as {\"query\": {\"term\": {\"color\": \"payload@color\"}}}." widget:"json"`
}

// Run implements node.Node.
func (n *Elasticsearch) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	cluster := newElasticCluster()
	if err := in.Resource(ctx, n.Source.ID, cluster); err != nil {
		return node.Output{}, err
	}
	query, err := n.Query.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	r := cluster.request("/" + url.PathEscape(n.Index.ID) + "/_search")
	r.Method, r.JSON = http.MethodPost, query
	return r.Reply(ctx, in, "result")
}
