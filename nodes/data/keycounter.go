package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "key-counter", Name: "Key counter", Icon: "chart-histogram",
		New:     func() node.Node { return &KeyCounter{} },
		Aliases: []string{"tracardi.process_engine.action.v1.metrics.key_counter.plugin.KeyCounterAction"},
		Examples: []node.Example{
			{
				Name: "how often each kind of event came", Config: `{"key": "event@type", "save_in": "profile@stats.counters.types"}`,
				Profile: `{"stats": {"counters": {"types": {"page-view": 2}}}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@stats.counters.types": `{"page-view": 3}`},
			},
			{
				Name: "several at once, some with weights", Config: `{"key": ["red", "payload@more", "payload@weights"], "save_in": "profile@traits.colors"}`,
				Payload: `{"more": ["red", "e.g. blue"], "weights": {"green": 2.5, "note": "no number"}}`, Port: "payload",
				After: map[string]string{"profile@traits.colors": `{"red": 2, "e.g. blue": 1, "green": 2.5}`},
			},
			{Name: "counters that are none", Config: `{"key": "a", "save_in": "payload@n"}`, Payload: `{"n": 5}`, Error: "payload@n is no object"},
			{Name: "nothing to count", Config: `{"key": "payload@k", "save_in": "payload@n"}`, Error: "payload@k is missing"},
			{Name: "a key that is none", Config: `{"key": "payload@k", "save_in": "payload@n"}`, Payload: `{"k": null}`, Error: "key"},
		},
	})
}

// KeyCounter counts how often keys came, in an object of counters: one for each key.
//
// A key is a text; a list counts each of its items, and an object of numbers adds each number to the counter of its name.
type KeyCounter struct {
	Key    node.Value `json:"key" title:"Key" help:"A text, a place, or a list of them, such as event@type." required:"true"`
	SaveIn node.Path  `json:"save_in" title:"Counters" help:"Where the counters are, such as profile@stats.counters.types." required:"true"`
}

// Check implements node.Checker.
func (n *KeyCounter) Check() error { return changeable("save_in", []node.Path{n.SaveIn}) }

// Run implements node.Node.
func (n *KeyCounter) Run(_ context.Context, in *node.Input) (node.Output, error) {
	keys, err := n.Key.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	held, _ := n.SaveIn.Get(in)
	counters, ok := held.(map[string]any)
	if held == nil {
		counters, ok = map[string]any{}, true
	}
	if !ok {
		return node.Output{}, tracardi.InvalidField("save_in", "%v is no object of counters", n.SaveIn)
	}
	if err := countKeys(counters, keys); err != nil {
		return node.Output{}, err
	}
	if err := n.SaveIn.Set(in, counters); err != nil {
		return node.Output{}, err
	}
	return node.To("payload", in.Payload), nil
}

func countKeys(counters map[string]any, keys any) error {
	add := func(name string, by float64) {
		number, _ := counters[name].(float64)
		counters[name] = number + by
	}
	switch keys := keys.(type) {
	case string:
		add(keys, 1)
	case float64, bool:
		add(text(keys), 1)
	case []any:
		for _, key := range keys {
			if err := countKeys(counters, key); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, by := range keys {
			if weight, ok := by.(float64); ok {
				add(name, weight)
			}
		}
	default:
		return tracardi.InvalidField("key", "a key is a text, a list of texts or an object of numbers")
	}
	return nil
}
