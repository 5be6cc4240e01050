package entity

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "upsert", Name: "Upsert entity", Icon: "cube-plus",
		New:     func() node.Node { return &Upsert{OfProfile: true} },
		Aliases: []string{"com_tracardi.action.v1.entity.upsert.plugin.UpsertEntityAction"},
		Import:  node.FromJSONText("properties", "traits"),
		Examples: []node.Example{
			{
				Name: "a booking", Config: `{"type": "booking", "id": "payload@number", "properties": {"room": "payload@room"}, "traits": {"open": true}}`,
				Payload: `{"number": 17, "room": "A"}`, Port: "payload",
			},
			{Name: "no id", Config: `{"type": "booking", "id": "payload@number"}`, Payload: `{"number": ""}`, Error: "id"},
			{Name: "properties that are no object", Config: `{"type": "booking", "id": "1", "properties": "event@type"}`, Error: "properties"},
			{Name: "traits that are no object", Config: `{"type": "booking", "id": "1", "traits": [1]}`, Error: "traits"},
			{Name: "nobody to own it", Config: `{"type": "booking", "id": "1"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Upsert stores a thing that is no person, such as a booking or a product, in the place of the one that has the same type and
// id.
type Upsert struct {
	Type       string     `json:"type" title:"Type" help:"What it is, such as booking." required:"true"`
	ID         node.Value `json:"id" title:"Id" help:"Its number or name among those of its type, such as event@properties.booking." required:"true"`
	Properties node.Value `json:"properties" title:"Properties" help:"What is known of it, such as {\"room\": \"event@properties.room\"}." widget:"json"`
	Traits     node.Value `json:"traits" title:"Traits" help:"What is made of that." widget:"json"`
	OfProfile  bool       `json:"reference_profile" title:"Belongs to the profile" help:"Else it belongs to nobody."`
}

// Run implements node.Node.
func (n *Upsert) Run(_ context.Context, in *node.Input) (node.Output, error) {
	id, err := idOf(in, n.Type, n.ID)
	if err != nil {
		return node.Output{}, err
	}
	entity := node.Entity{ID: id, Type: n.Type}
	if entity.Properties, err = object(in, "properties", n.Properties); err != nil {
		return node.Output{}, err
	}
	if entity.Traits, err = object(in, "traits", n.Traits); err != nil {
		return node.Output{}, err
	}
	if n.OfProfile {
		profile := in.Profile()
		if profile == nil {
			return node.Output{}, errNoProfile
		}
		entity.Profile = profile.ID
	}
	in.Store(entity)
	return node.To("payload", in.Payload), nil
}

func object(in *node.Input, setting string, value node.Value) (map[string]any, error) {
	resolved, err := value.Resolve(in)
	if err != nil {
		return nil, err
	}
	members, ok := resolved.(map[string]any)
	if !ok && resolved != nil {
		return nil, tracardi.InvalidField(setting, "is no object")
	}
	return members, nil
}
