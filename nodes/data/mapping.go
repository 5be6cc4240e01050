package data

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "mapping", Name: "Value mapping", Icon: "arrows-exchange",
		New:     func() node.Node { return &Mapping{} },
		Out:     []node.Port{{Name: "result", Doc: "The value of the table, or null."}},
		Aliases: []string{"tracardi.process_engine.action.v1.mapping_action.MappingAction"},
		Examples: []node.Example{
			{
				Name: "countries", Config: `{"value": "payload@country", "mapping": {"PL": "Poland", "no": "Norway"}}`,
				Payload: `{"country": "NO"}`, Port: "result", Result: `{"value": "Norway"}`,
			},
			{
				Name: "letters matter", Config: `{"value": "payload@country", "mapping": {"no": "Norway"}, "case_sensitive": true}`,
				Payload: `{"country": "NO"}`, Port: "result", Result: `{"value": null}`,
			},
			{
				Name: "places in the table", Config: `{"value": "payload@n", "mapping": {"payload@best": "event@type", "1": "one"}}`,
				Payload: `{"n": 5, "best": 5}`, Port: "result", Result: `{"value": "page-view"}`,
			},
			{Name: "no value", Config: `{"value": "payload@n", "mapping": {"1": "one"}}`, Error: "payload@n is missing"},
		},
	})
}

// Mapping looks a value up in a table, and passes on what stands there: {"value": …}, or null when the table does not have it.
//
// Both sides of the table may be places such as profile@traits.plan. Numbers are compared as they are written.
type Mapping struct {
	Value         node.Value            `json:"value" title:"Value" help:"What to look up, such as event@properties.country." required:"true"`
	CaseSensitive bool                  `json:"case_sensitive" title:"Capital letters matter" help:"Else PL and pl are the same."`
	Mapping       map[string]node.Value `json:"mapping" title:"Table" help:"Values with what becomes of them." required:"true"`

	keys []tableKey
}

// tableKey is a line of the table.
type tableKey struct {
	written string
	parsed  expr.Reference
}

// Check implements node.Checker.
func (n *Mapping) Check() error {
	n.keys = nil
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(n.Mapping)) {
		parsed, err := expr.ParseReference(key)
		if err != nil {
			return tracardi.InvalidField("mapping", "%v", err)
		}
		if seen[n.fold(key)] {
			return tracardi.InvalidField("mapping", "%q is there twice, in small and capital letters", key)
		}
		seen[n.fold(key)] = true
		n.keys = append(n.keys, tableKey{key, parsed})
	}
	return nil
}

func (n *Mapping) fold(text string) string {
	if n.CaseSensitive {
		return text
	}
	return strings.ToLower(text)
}

// Run implements node.Node.
func (n *Mapping) Run(_ context.Context, in *node.Input) (node.Output, error) {
	found, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	wanted := n.fold(text(found))
	for _, key := range n.keys {
		side, err := key.parsed.Resolve(in)
		if err != nil || n.fold(text(side)) != wanted { // a place that is not there is equal to nothing
			continue
		}
		value, err := n.Mapping[key.written].Resolve(in)
		return node.To("result", map[string]any{"value": value}), err
	}
	return node.To("result", map[string]any{"value": nil}), nil
}
