package event

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "match-sequence", Name: "Sequence matcher", Icon: "route-scan",
		New: func() node.Node { return &MatchSequence{Events: node.ValueOf("payload@sequence")} },
		Out: []node.Port{
			{Name: "true", Doc: "The events came in this order."},
			{Name: "false", Doc: "They did not."},
		},
		Aliases: []string{"com_tracardi.action.v1.sequencer.matcher.plugin.SequenceMatcherAction"},
		Import:  plainReference,
		Examples: []node.Example{
			{
				Name: "seen, put into the basket, bought", Config: `{"sequence": ["page-view", {"id": "basket", "name": "Basket"}, "order"]}`,
				Payload: `{"sequence": [{"type": "page-view"}, {"type": "page-view"}, {"type": "basket"}, {"type": "login"}, {"type": "order"}]}`, Port: "true",
			},
			{
				Name: "in another order", Config: `{"sequence": ["order", "basket"]}`,
				Payload: `{"sequence": [{"type": "basket"}, {"type": "order"}]}`, Port: "false",
			},
			{
				Name: "a list of types", Config: `{"sequence": ["basket", "basket"], "list_of_events": "payload@types"}`,
				Payload: `{"types": ["basket", "basket"]}`, Port: "true",
			},
			{Name: "no list", Config: `{"sequence": ["order"]}`, Payload: `{"sequence": "order"}`, Error: "list_of_events"},
			{Name: "no events", Config: `{"sequence": ["order"]}`, Error: "payload@sequence is missing"},
		},
	})
}

// MatchSequence goes on at the port true when events came in a given order, else at the port false. Other events may lie
// between them.
type MatchSequence struct {
	Sequence []node.Reference `json:"sequence" title:"Order" help:"Types of events, one after the other." required:"true" kind:"event-type"`
	Events   node.Value       `json:"list_of_events" title:"Events" help:"Where the list of events, or of their types, is." required:"true"`
}

// plainReference turns {"ref": true, "value": "payload@sequence"} into the text alone.
func plainReference(old map[string]any) map[string]any {
	settings := map[string]any{"sequence": old["sequence"], "list_of_events": old["list_of_events"]}
	if value, ok := tracardi.Dig(old, "list_of_events", "value"); ok {
		settings["list_of_events"] = value
	}
	return settings
}

// Run implements node.Node.
func (n *MatchSequence) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Events.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	events, ok := value.([]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("list_of_events", "is no list of events")
	}
	matched := 0
	for _, event := range events {
		kind, _ := event.(string)
		if found, ok := tracardi.Dig(event, "type"); ok {
			kind, _ = found.(string)
		}
		if matched < len(n.Sequence) && tracardi.EventTypeOf(kind) == n.Sequence[matched].EventType() {
			matched++
		}
	}
	return node.To(strconv.FormatBool(matched == len(n.Sequence)), in.Payload), nil
}
