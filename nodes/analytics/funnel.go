package analytics

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "mixpanel-funnel", Name: "Funnel of Mixpanel", Icon: "filter",
		New:     func() node.Node { return &Funnel{} },
		Out:     []node.Port{{Name: "success", Doc: "The funnel."}},
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mixpanel.fetch_funnel.plugin.MixPanelFunnelFetcher"},
		Examples: []node.Example{
			{
				Name:   "of a month",
				Config: `{"source": "mixpanel", "project_id": "1", "funnel_id": "2", "from_date": "30 days ago"}`,
				Port:   "success",
				Result: `{"data": {}}`,
			},
			{
				Name:   "no such funnel",
				Config: `{"source": "mixpanel", "project_id": "1", "funnel_id": "3", "from_date": "2026-02-01", "to_date": "2026-02-28"}`,
				Port:   "error",
				Result: `{"message": "Mixpanel answered 400 Bad Request", "status": 400, "content": null}`,
			},
			{
				Name:   "no date",
				Config: `{"source": "mixpanel", "project_id": "1", "funnel_id": "2", "from_date": "soon"}`,
				Error:  `from_date: cannot read`,
			},
		},
	})
}

// Funnel reads how far the person of the profile came in a funnel of Mixpanel. What Mixpanel answers goes on at the port success, as
// {"meta": {…}, "data": {…}}; a refusal goes on at the port error.
type Funnel struct {
	Source  node.Reference `json:"source" title:"Mixpanel" help:"The resource with the service account." kind:"resource:mixpanel" required:"true"`
	Project string         `json:"project_id" title:"Project" help:"Its id." required:"true"`
	Funnel  string         `json:"funnel_id" title:"Funnel" help:"Its id." required:"true"`
	From    node.Value     `json:"from_date" title:"From" help:"A date such as 2026-01-31 or \"30 days ago\", or a place that holds one." required:"true"`
	To      node.Value     `json:"to_date" title:"To" help:"A date, or a place that holds one; empty for today."`
}

// Run implements node.Node.
func (n *Funnel) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	project := &MixpanelProject{}
	if err := in.Resource(ctx, n.Source.ID, project); err != nil {
		return node.Output{}, err
	}
	query := url.Values{"project_id": {n.Project}, "funnel_id": {n.Funnel}}
	for name, value := range map[string]node.Value{"from_date": n.From, "to_date": n.To} {
		day, err := dayOf(in, name, value)
		if err != nil {
			return node.Output{}, err
		}
		query.Set(name, day)
	}
	if profile := in.Profile(); profile != nil {
		query.Set("where", `properties["$distinct_id"] == `+strconv.Quote(profile.ID))
	}
	return call.Request{
		System: "Mixpanel", URL: project.url("") + "/api/2.0/funnels", Query: query, User: project.Username, Password: project.Password,
	}.Reply(ctx, in, "success")
}

// dayOf makes a day; nothing is today.
func dayOf(in *node.Input, setting string, value node.Value) (string, error) {
	text, err := value.Text(in)
	if err != nil {
		return "", err
	}
	day := in.Now()
	if text != "" {
		if day, err = expr.ParseDate(text, in.Now(), time.UTC); err != nil {
			return "", tracardi.InvalidField(setting, "%v", err)
		}
	}
	return day.UTC().Format(time.DateOnly), nil
}
