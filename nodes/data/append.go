package data

import (
	"context"
	"slices"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "append", Name: "Append/Remove data", Icon: "playlist-add",
		New:     func() node.Node { return &Append{} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.append_trait_action.AppendTraitAction"},
		Examples: []node.Example{
			{
				Name:   "one more color",
				Config: `{"append": {"profile@traits.colors": "event@properties.color"}}`,
				Event:  `{"properties": {"color": "red"}}`, Profile: `{"traits": {"colors": ["blue"]}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@traits.colors": `["blue", "red"]`},
			},
			{
				Name: "what is there already", Config: `{"append": {"profile@traits.colors": ["red", "green"]}}`,
				Profile: `{"traits": {"colors": ["red"]}}`, Port: "payload",
				After: map[string]string{"profile@traits.colors": `["red", "green"]`},
			},
			{
				Name: "a single value becomes a list", Config: `{"append": {"profile@traits.color": "red", "profile@traits.size": 5}}`,
				Profile: `{"traits": {"color": "blue"}}`, Port: "payload",
				After: map[string]string{"profile@traits.color": `["blue", "red"]`, "profile@traits.size": `[5]`},
			},
			{
				Name: "remove", Config: `{"remove": {"payload@list": ["payload@bad", 2], "payload@none": ["x"]}}`,
				Payload: `{"list": [1, 2, "a"], "bad": "a"}`, Port: "payload", Result: `{"list": [1], "bad": "a"}`,
			},
			{Name: "nothing to append", Config: `{"append": {"profile@traits.a": "payload@a"}}`, Error: "payload@a is missing"},
			{Name: "no profile", Config: `{"append": {"profile@traits.a": 1}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Append adds values to lists and removes values from lists.
//
// A value is added once, however often it comes. What is no list yet becomes one. First everything is added, then removed.
type Append struct {
	Append node.Assignments `json:"append" title:"Append" help:"Lists with the value, or the list of values, to add to each."`
	Remove node.Assignments `json:"remove" title:"Remove" help:"Lists with the value, or the list of values, to remove from each."`
}

// Check implements node.Checker.
func (n *Append) Check() error {
	if err := writable("append", n.Append); err != nil {
		return err
	}
	return writable("remove", n.Remove)
}

// Run implements node.Node.
func (n *Append) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for _, one := range n.Append {
		values, err := one.Value.Resolve(in)
		if err != nil {
			return node.Output{}, err
		}
		held, _ := one.To.Get(in)
		found := items(held)
		for _, value := range items(values) {
			if index(found, value) < 0 {
				found = append(found, value)
			}
		}
		if err := one.To.Set(in, found); err != nil {
			return node.Output{}, err
		}
	}
	for _, one := range n.Remove {
		values, err := one.Value.Resolve(in)
		if err != nil {
			return node.Output{}, err
		}
		held, ok := one.To.Get(in)
		if !ok {
			continue
		}
		left := slices.DeleteFunc(items(held), func(item any) bool { return index(items(values), item) >= 0 })
		if err := one.To.Set(in, left); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}
