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
		ID: "counter", Name: "Event counter", Icon: "number",
		New:     func() node.Node { return &Counter{Span: "-15m"} },
		Aliases: []string{"com_tracardi.action.v1.events.event_counter.plugin.EventCounterAction"},
		Examples: []node.Example{
			{Name: "purchases of a month", Config: `{"event_type": {"id": "purchase", "name": "Purchase"}, "time_span": "-30 days"}`, Port: "payload", Result: `{"events": 2}`},
			{Name: "none in the last minutes", Config: `{"event_type": "purchase"}`, Port: "payload", Result: `{"events": 0}`},
			{Name: "nobody", Config: `{"event_type": "purchase"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Counter counts the events of a type that the person caused in the last time: {"events": 3}. The event that the flow runs for
// is mostly not stored yet, so it does not count.
type Counter struct {
	EventType node.Reference `json:"event_type" title:"Event type" help:"Of the events that count." required:"true" kind:"event-type"`
	Span      string         `json:"time_span" title:"Not older than" help:"Such as -15m or -30 days; empty for all."`
}

// Check implements node.Checker.
func (n *Counter) Check() error { return checkSpan(n.Span) }

func checkSpan(text string) error {
	if text == "" {
		return nil
	}
	if _, err := expr.ParseOffset(text); err != nil {
		return tracardi.InvalidField("time_span", "%v", err)
	}
	return nil
}

// Run implements node.Node.
func (n *Counter) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	where, err := ofProfile(in)
	if err != nil {
		return node.Output{}, err
	}
	since, err := span(n.Span, in.Now())
	if err != nil {
		return node.Output{}, err
	}
	count, err := in.Records().Count(ctx, "event", expr.All(expr.OneOf(typePath, n.EventType.EventType()), where, between(since, time.Time{})))
	return node.To("payload", map[string]any{"events": count}), err
}
