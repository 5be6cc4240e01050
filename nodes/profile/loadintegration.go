package profile

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "load-integration-id", Name: "Load Integration Id", Icon: "link",
		New: func() node.Node { return &LoadIntegration{IDsOnly: true} },
		Out: []node.Port{
			{Name: "payload", Doc: "The person is known there."},
			{Name: "missing", Doc: "The person is not known there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.get_integration_id_action.GetIntegrationIdAction"},
		Examples: []node.Example{
			{
				Name: "a customer of the shop", Config: `{"name": "My Shop"}`,
				Profile: `{"metadata": {"system": {"integrations": {"my-shop": {"id": "42", "plan": "gold"}}}}}`,
				Port:    "payload", Result: `{"result": ["42"]}`,
			},
			{
				Name: "with the data", Config: `{"name": "my-shop", "get_ids_only": false}`,
				Profile: `{"metadata": {"system": {"integrations": {"my-shop": {"id": "42", "plan": "gold"}}}}}`,
				Port:    "payload", Result: `{"result": [{"id": "42", "plan": "gold"}]}`,
			},
			{Name: "a stranger", Config: `{"name": "My Shop"}`, Payload: `{"a": 1}`, Port: "missing"},
			{Name: "nobody", Config: `{"name": "My Shop"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// LoadIntegration finds the ids that the person has in another system, as Save Integration Id has kept them: {"result": [ … ]}.
type LoadIntegration struct {
	Name    string `json:"name" title:"System" help:"The name of the other system; blanks become - and letters small." required:"true"`
	IDsOnly bool   `json:"get_ids_only" title:"Only ids" help:"Else the result has the data that was kept with them too."`
}

// Run implements node.Node.
func (n *LoadIntegration) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Profile() == nil {
		return node.Output{}, errNoProfile
	}
	found, _ := in.Look("profile", integrationPath(n.Name))
	kept, _ := tracardi.Clone(found).(map[string]any)
	switch {
	case kept["id"] == nil:
		return node.To("missing", in.Payload), nil
	case n.IDsOnly:
		return node.To("payload", map[string]any{"result": []any{kept["id"]}}), nil
	}
	return node.To("payload", map[string]any{"result": []any{kept}}), nil
}
