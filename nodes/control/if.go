package control

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "if", Name: "If", Icon: "arrows-split",
		New: func() node.Node { return &If{Pass: true} },
		Out: []node.Port{
			{Name: "true", Doc: "The condition holds."},
			{Name: "false", Doc: "The condition does not hold."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.if_action.IfAction"},
		Examples: []node.Example{
			{
				Name: "a returning customer", Config: `{"condition": "profile@stats.visits > 1"}`,
				Profile: `{"stats": {"visits": 3}}`, Payload: `{"a": 1}`, Port: "true",
			},
			{
				Name: "a first visit", Config: `{"condition": "profile@stats.visits > 1"}`,
				Profile: `{"stats": {"visits": 1}}`, Payload: `{"a": 1}`, Port: "false",
			},
			{
				Name: "a result that has changed", Config: `{"condition": "payload@a = 1", "trigger_once": true, "ttl": 60}`,
				Payload: `{"a": 1}`, Port: "true",
			},
			{
				Name: "the same result again", Config: `{"condition": "payload@a = 2", "trigger_once": true, "ttl": 60}`,
				Payload: `{"a": 2}`,
			},
			{
				Name: "only the result", Config: `{"condition": "payload@a = 1", "pass_payload": false}`,
				Payload: `{"a": 1}`, Port: "true", Result: `{"result": true}`,
			},
		},
	})
}

// If goes on at the port true when a condition holds, else at the port false.
//
// The condition may speak of the event, the profile, the session, the payload and the memory of the flow, for example
// profile@stats.visits > 3 AND event@properties.price >= 100.
//
// It can go on only when the result has changed: once when the condition begins to hold, and once when it ceases to hold.
type If struct {
	Condition node.Condition `json:"condition" title:"Condition" help:"What must hold, such as profile@stats.visits > 1." required:"true"`
	Once      bool           `json:"trigger_once" title:"Only when the result changes" help:"The last result is remembered for each profile; the same one again passes nothing on."`
	TTL       node.Duration  `json:"ttl" title:"Remember for" help:"How long the last result is kept; 0 for no limit."`
	Pass      bool           `json:"pass_payload" title:"Pass the payload on" help:"Else the payload is {\"result\": true} or false."`
}

// Run implements node.Node.
func (n *If) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	holds := n.Condition.Holds(in)
	if n.Once {
		if changed, err := n.changed(ctx, in, holds); !changed || err != nil {
			return node.Output{}, err
		}
	}
	payload := in.Payload
	if !n.Pass {
		payload = map[string]any{"result": holds}
	}
	return node.To(strconv.FormatBool(holds), payload), nil
}

// changed tells whether the result is another one than last time, and remembers it.
func (n *If) changed(ctx context.Context, in *node.Input, holds bool) (bool, error) {
	condition, err := n.Condition.MarshalText()
	if err != nil {
		return false, err
	}
	parts := []string{"if", flowID(in), string(condition)}
	if profile := in.Profile(); profile != nil {
		parts = append(parts, profile.ID)
	}
	return remember(ctx, in, keyOf(parts...), []byte(strconv.FormatBool(holds)), n.TTL)
}
