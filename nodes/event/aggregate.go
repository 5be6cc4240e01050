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
		ID: "aggregate", Name: "Event aggregator", Icon: "chart-pie",
		New:     func() node.Node { return &Aggregate{Span: "-15m"} },
		Aliases: []string{"com_tracardi.action.v1.events.event_aggregator.plugin.EventAggregatorAction"},
		Examples: []node.Example{
			{Name: "what the person did in a month", Config: `{"field": {"id": "type", "name": "Type"}, "time_span": "-30 days"}`, Port: "payload", Result: `{"counts": {"page-view": 1, "purchase": 2}, "total": 3}`},
			{Name: "a field that no event has", Config: `{"field": "event@properties.color", "time_span": "-30 days"}`, Port: "payload", Result: `{"counts": {}, "total": 3}`},
			{Name: "nobody", Config: `{"field": "type"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// mostEvents bounds what is read for one aggregation.
const mostEvents = 1000

// Aggregate counts the values of a field in the events that the person caused in the last time: {"counts": {"page-view": 5},
// "total": 7}. A list counts each of its items. It looks at the newest 1000 events.
type Aggregate struct {
	Field node.Reference `json:"field" title:"Field" help:"Of the events, such as type or properties.category." required:"true"`
	Span  string         `json:"time_span" title:"Not older than" help:"Such as -15m or -30 days; empty for all."`

	path expr.Path
}

// Check implements node.Checker.
func (n *Aggregate) Check() error {
	place, err := expr.ParseReference(n.Field.ID)
	if err != nil {
		return tracardi.InvalidField("field", "%v", err)
	}
	if field, ok := place.Field(); ok && field.Source == "event" {
		n.path = field.Path
	} else if n.path, err = expr.ParsePath(n.Field.ID); err != nil || ok {
		return tracardi.InvalidField("field", "%q is no field of an event", n.Field.ID)
	}
	return checkSpan(n.Span)
}

// Run implements node.Node.
func (n *Aggregate) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	where, err := ofProfile(in)
	if err != nil {
		return node.Output{}, err
	}
	since, err := span(n.Span, in.Now())
	if err != nil {
		return node.Output{}, err
	}
	events, err := in.Records().Search(ctx, "event", expr.All(where, between(since, time.Time{})), mostEvents)
	if err != nil {
		return node.Output{}, err
	}
	counts := map[string]any{}
	for _, event := range events {
		value, _ := tracardi.Dig(event, n.path.Steps()...)
		items, ok := value.([]any)
		if !ok && value != nil {
			items = []any{value}
		}
		for _, item := range items {
			name, ok := item.(string)
			if !ok {
				name = string(tracardi.AppendValue(nil, item))
			}
			number, _ := counts[name].(int)
			counts[name] = number + 1
		}
	}
	return node.To("payload", map[string]any{"counts": counts, "total": len(events)}), nil
}
