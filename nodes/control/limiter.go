package control

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "limiter", Name: "Limiter", Icon: "gauge",
		New: func() node.Node { return &Limiter{Limit: 10, TTL: node.Seconds(60)} },
		Out: []node.Port{
			{Name: "pass", Doc: "The limit is not reached yet."},
			{Name: "block", Doc: "There were too many already."},
		},
		Aliases: []string{"com_tracardi.action.v1.limiter.plugin.LimiterAction"},
		Examples: []node.Example{
			{
				Name: "the first of a visitor", Config: `{"keys": ["mail", "payload@to"], "limit": 3}`,
				Payload: `{"to": "ann@example.com"}`, Port: "pass",
			},
			{
				Name: "one too many", Config: `{"keys": ["mail", "payload@to"], "limit": 3}`,
				Payload: `{"to": "bob@example.com"}`, Port: "block",
			},
			{Name: "no key", Config: `{"keys": ["mail", "payload@to"]}`, Error: "payload@to is missing"},
		},
	})
}

// Limiter lets only so many payloads pass in a period, such as three mails a day to one address.
//
// It counts by keys: what has the same keys is counted together, in all flows. The period begins with the first payload; when
// it is over, counting begins anew. A common use is one fixed text that says what is limited, and profile@id.
type Limiter struct {
	Keys  []node.Value  `json:"keys" title:"Keys" help:"What is counted together: texts and places, such as mail and profile@id." required:"true"`
	Limit int           `json:"limit" title:"Limit" help:"How many may pass in the period." min:"1"`
	TTL   node.Duration `json:"ttl" title:"Period" help:"How long the count is kept, such as 1 day."`
}

// Run implements node.Node.
func (n *Limiter) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	parts := []string{"limiter"}
	for _, key := range n.Keys {
		text, err := key.Text(in)
		if err != nil {
			return node.Output{}, err
		}
		parts = append(parts, text)
	}
	count, err := in.Values().Add(ctx, keyOf(parts...), 1, n.TTL.At(in.Now()))
	if err != nil {
		return node.Output{}, err
	}
	if count > int64(n.Limit) {
		return node.To("block", in.Payload), nil
	}
	return node.To("pass", in.Payload), nil
}
