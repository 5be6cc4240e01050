package analytics

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "matomo", Name: "Tell Matomo", Icon: "chart-donut",
		New: func() node.Node {
			return &Matomo{
				Referrer: node.ValueOf("event@context.page.referer.host"),
				Campaign: node.ValueOf("session@context.utm.campaign"), Keyword: node.ValueOf("session@context.utm.term"),
			}
		},
		Out:  []node.Port{{Name: "response", Doc: "Matomo has the event."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.matomo.send_event.plugin.SendEventToMatomoAction"},
		Examples: []node.Example{
			{
				Name: "a search",
				Config: `{"source": "matomo", "site_id": 3, "search_keyword": "event@properties.q", "goal_id": 5,
					"dimensions": {"1": "profile@traits.color", "dimension2": 1000000}}`,
				Event:   `{"properties": {"q": "red shoes"}, "metadata": {"ip": "192.0.2.7"}}`,
				Session: `{"context": {"page": {"url": "https://shop.example.com/"}, "utm": {"campaign": "may"}}}`,
				Payload: `{"a": 1}`,
				Port:    "response",
			},
			{
				Name:    "a refusal",
				Config:  `{"source": "matomo", "site_id": 9}`,
				Profile: `null`,
				Session: `null`,
				Port:    "error",
				Result:  `{"message": "Matomo answered 400 Bad Request: unknown site", "status": 400, "content": "unknown site"}`,
			},
		},
	})
}

// Matomo tells Matomo of the event: its type as the name of the action, the page, the person, the time, and what the settings add.
// The payload goes on at the port response; a refusal goes on at the port error. What is not in the data is left out.
type Matomo struct {
	Source         node.Reference        `json:"source" title:"Matomo" help:"The resource with the token." kind:"resource:matomo" required:"true"`
	Site           int                   `json:"site_id" title:"Site" help:"Its id in Matomo." min:"1" required:"true"`
	Referrer       node.Value            `json:"url_ref" title:"Referrer" help:"Where the visitor came from, or a place that holds it."`
	Campaign       node.Value            `json:"rcn" title:"Campaign" help:"Name of the campaign, or a place that holds it."`
	Keyword        node.Value            `json:"rck" title:"Keyword" help:"Keyword of the campaign, or a place that holds it."`
	Search         node.Value            `json:"search_keyword" title:"Search" help:"What was searched for on the site, or a place that holds it."`
	SearchCategory node.Value            `json:"search_category" title:"Category of the search" help:"Where it was searched, or a place that holds it."`
	SearchCount    node.Value            `json:"search_results_count" title:"Results" help:"How much was found, or a place that holds it."`
	Goal           node.Value            `json:"goal_id" title:"Goal" help:"Id of the goal that was reached, or a place that holds it."`
	Revenue        node.Value            `json:"revenue" title:"Revenue" help:"A number, or a place that holds it."`
	Dimensions     map[string]node.Value `json:"dimensions" title:"Dimensions" help:"Custom dimensions by their ids, such as {\"1\": \"profile@traits.color\"}."`
}

// Run implements node.Node.
func (n *Matomo) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	server := &MatomoServer{}
	if err := in.Resource(ctx, n.Source.ID, server); err != nil {
		return node.Output{}, err
	}
	form := n.event(in)
	form.Set("token_auth", server.Token)
	further := map[string]node.Value{
		"urlref":       n.Referrer,
		"_rcn":         n.Campaign,
		"_rck":         n.Keyword,
		"search":       n.Search,
		"search_cat":   n.SearchCategory,
		"search_count": n.SearchCount,
		"idgoal":       n.Goal,
		"revenue":      n.Revenue,
	}
	for id, value := range n.Dimensions {
		further["dimension"+strings.TrimPrefix(id, "dimension")] = value
	}
	for name, value := range further {
		made, err := known(in, value)
		if err != nil {
			return node.Output{}, err
		}
		if made != nil && made != "" {
			form.Set(name, plain(made))
		}
	}
	answer, err := call.Request{System: "Matomo", URL: strings.TrimSuffix(server.URL, "/") + "/matomo.php", Form: form}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	return node.To("response", in.Payload), nil
}

var pageURL = node.PathTo("session@context.page.url")

// event is what Matomo is told in any case.
func (n *Matomo) event(in *node.Input) url.Values {
	event, id := in.Event(), person(in)
	visitor := sha256.Sum256([]byte(id))
	form := url.Values{
		"idsite": {strconv.Itoa(n.Site)}, "rec": {"1"}, "apiv": {"1"}, "send_image": {"0"}, "action_name": {event.Type}, "rand": {event.ID},
		"_id": {hex.EncodeToString(visitor[:8])}, "uid": {id}, "cdt": {strconv.FormatInt(event.Metadata.Insert.Unix(), 10)},
	}
	if page, ok := pageURL.Get(in); ok {
		form.Set("url", plain(page))
	}
	if event.Metadata.IP != "" {
		form.Set("cip", event.Metadata.IP)
	}
	return form
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "matomo", Name: "Matomo", Icon: "chart-donut", Doc: "A server of Matomo.",
		New: func() any { return &MatomoServer{} },
	})
}

// MatomoServer is a resource.
type MatomoServer struct {
	URL   string `json:"api_url" title:"URL" help:"Of the server, without matomo.php." required:"true"`
	Token string `json:"token" title:"Auth token" help:"Of a user who may write to the site." secret:"true" required:"true"`
}
