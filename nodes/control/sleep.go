package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "sleep", Name: "Sleep", Icon: "zzz",
		New:     func() node.Node { return &Sleep{Wait: node.Seconds(1)} },
		Aliases: []string{"tracardi.process_engine.action.v1.time.sleep_action.SleepAction"},
		Examples: []node.Example{
			{Name: "two hours", Config: `{"wait": "2h"}`, Payload: `{"a": 1}`, Port: "payload", Waits: "2h"},
			{Name: "seconds", Config: `{"wait": 5}`, Port: "payload", Waits: "5s"},
		},
	})
}

// Sleep waits and goes on with the same payload.
//
// The waiting run is stored: it survives restarts, and neither the sender of the event nor other events of the visitor wait
// for it. So what follows cannot change the answer any more.
type Sleep struct {
	Wait node.Duration `json:"wait" title:"Wait" help:"How long, such as 15m or 3 days; a number means seconds."`
}

// Run implements node.Node.
func (n *Sleep) Run(_ context.Context, in *node.Input) (node.Output, error) {
	return node.Sleep(n.Wait.From(in.Now()), "payload", in.Payload), nil
}
