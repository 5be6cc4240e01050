package memory

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "write", Name: "Write to memory", Icon: "database-import",
		New:     func() node.Node { return &Write{TTL: node.Seconds(15)} },
		Out:     []node.Port{{Name: "success", Doc: "The value is kept."}},
		Aliases: []string{"tracardi.process_engine.action.v1.operations.write_to_memory.plugin.WriteToMemoryAction"},
		Examples: []node.Example{
			{Name: "the last basket", Config: `{"key": "profile@id", "prefix": "basket", "value": "payload@basket", "ttl": "1 day"}`, Payload: `{"basket": {"n": 1}}`, Port: "success"},
			{Name: "nothing to keep", Config: `{"key": "k", "value": "payload@basket"}`, Error: "payload@basket is missing"},
			{Name: "no key", Config: `{"key": "payload@k", "value": 1}`, Error: "payload@k is missing"},
		},
	})
}

// Write keeps a value under a key for some time. All flows can read it with Read from memory.
//
// The values are meant to be small and short-lived: what must not be lost belongs into the profile.
type Write struct {
	Key    node.Value    `json:"key" title:"Key" help:"A text, or a place such as profile@id." required:"true"`
	Prefix string        `json:"prefix" title:"Prefix" help:"Keeps keys of different purposes apart."`
	Value  node.Value    `json:"value" title:"Value" help:"What to keep, such as event@properties.basket." required:"true"`
	TTL    node.Duration `json:"ttl" title:"Keep for" help:"How long, such as 15m or 1 day; a number means seconds, 0 no limit."`
}

// Run implements node.Node.
func (n *Write) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	name, err := nameOf(in, n.Prefix, n.Key)
	if err != nil {
		return node.Output{}, err
	}
	value, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("success", in.Payload), in.Values().Set(ctx, name, tracardi.AppendValue(nil, value), n.TTL.At(in.Now()))
}
