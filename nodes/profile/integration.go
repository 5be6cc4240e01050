package profile

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "save-integration-id", Name: "Save Integration Id", Icon: "link-plus",
		New:     func() node.Node { return &SaveIntegration{} },
		Aliases: []string{"tracardi.process_engine.action.v1.add_integration_id_action.AddIntegrationIdAction"},
		Import:  node.FromJSONText("data"),
		Examples: []node.Example{
			{
				Name: "a customer of the shop", Config: `{"name": "My Shop", "id": "event@properties.customer", "data": {"plan": "payload@plan"}}`,
				Event: `{"properties": {"customer": 42}}`, Payload: `{"plan": "gold"}`, Port: "payload",
				After: map[string]string{"profile@metadata.system.integrations": `{"my-shop": {"id": "42", "plan": "gold"}}`},
			},
			{Name: "no id", Config: `{"name": "shop", "id": "event@properties"}`, Event: `{"properties": {"a": 1}}`, Error: "id"},
			{Name: "data that is no object", Config: `{"name": "shop", "id": "5", "data": "event@type"}`, Error: "data"},
			{Name: "nobody", Config: `{"name": "shop", "id": "5"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// SaveIntegration keeps the id that the person has in another system, such as a shop or a mailing service, with other data of
// that system: in profile@metadata.system.integrations.NAME.
type SaveIntegration struct {
	ID   node.Value `json:"id" title:"Id" help:"The id in the other system, such as event@properties.customer." required:"true"`
	Name string     `json:"name" title:"System" help:"The name of the other system; blanks become - and letters small." required:"true"`
	Data node.Value `json:"data" title:"Data" help:"What else to keep, such as {\"plan\": \"event@properties.plan\"}." widget:"json"`
}

// Run implements node.Node.
func (n *SaveIntegration) Run(_ context.Context, in *node.Input) (node.Output, error) {
	id, err := n.ID.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	switch id.(type) {
	case nil, bool, []any, map[string]any:
		return node.Output{}, tracardi.InvalidField("id", "an id is a text or a number")
	}
	text, err := n.ID.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	data, err := n.Data.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	kept, ok := data.(map[string]any)
	if !ok && data != nil {
		return node.Output{}, tracardi.InvalidField("data", "is no object")
	}
	if kept == nil {
		kept = map[string]any{}
	}
	kept["id"] = text
	return node.To("payload", in.Payload), in.Change("profile", integrationPath(n.Name), kept)
}
