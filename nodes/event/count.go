package event

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "count", Name: "Count records", Icon: "list-search",
		New:     func() node.Node { return &Count{Index: "event"} },
		Out:     []node.Port{{Name: "result", Doc: "How many there are."}},
		Aliases: []string{"tracardi.process_engine.action.v1.internal.query_string.plugin.CountRecordsAction"},
		Examples: []node.Example{
			{
				Name: "purchases of all people", Config: `{"index": "event", "query": "type = \"purchase\""}`,
				Port: "result", Result: `{"numberOfRecords": 3}`,
			},
			{
				Name: "what this person bought in a month", Config: `{"query": "type = \"purchase\" AND profile.id = \"{{profile@id}}\"", "time_range": "-30d"}`,
				Port: "result", Result: `{"numberOfRecords": 2}`,
			},
			{Name: "all sessions", Config: `{"index": "session"}`, Port: "result", Result: `{"numberOfRecords": 2}`},
			{Name: "a place with nothing", Config: `{"query": "type = \"{{payload@type}}\""}`, Error: "payload@type is missing"},
		},
	})
}

// Count counts stored events, sessions, profiles or entities that a search finds: {"numberOfRecords": 5}.
//
// The search is written as in the search bar, with places to fill in, such as type = "{{event@type}}". The event that the flow
// runs for is mostly not stored yet, so it does not count.
type Count struct {
	Index string `json:"index" title:"Records" help:"What to count." enum:"event,session,profile,entity"`
	Range string `json:"time_range" title:"Not older than" help:"Such as -15m or -30 days; empty for all."`
	Query string `json:"query" title:"Search" help:"Such as type = \"purchase\" AND profile.id = \"{{profile@id}}\"; empty for all." widget:"textarea"`

	query *query
}

// Check implements node.Checker.
func (n *Count) Check() (err error) {
	if n.query, err = parseQuery(n.Query, n.Index); err != nil {
		return tracardi.InvalidField("query", "%v", err)
	}
	if n.Range != "" {
		if _, err := expr.ParseOffset(n.Range); err != nil {
			return tracardi.InvalidField("time_range", "%v", err)
		}
	}
	return nil
}

// Run implements node.Node.
func (n *Count) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	where, err := n.query.fill(in)
	if err != nil {
		return node.Output{}, err
	}
	since, err := span(n.Range, in.Now())
	if err != nil {
		return node.Output{}, err
	}
	count, err := in.Records().Count(ctx, n.Index, expr.All(where, between(since, time.Time{})))
	return node.To("result", map[string]any{"numberOfRecords": count}), err
}
