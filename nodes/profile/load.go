package profile

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "load", Name: "Load profile by ...", Icon: "user-search",
		New: func() node.Node {
			return &Load{Field: "data.contact.email.main", Value: node.ValueOf("event@properties.email")}
		},
		Out: []node.Port{{Name: "profile", Doc: "The profile that was found."}},
		Aliases: []string{
			"tracardi.process_engine.action.v1.internal.inject_profile_by_field.plugin.InjectProfileByField",
		},
		Examples: []node.Example{
			{
				Name: "whose address a form sent", Event: `{"properties": {"email": "ann@example.com"}}`,
				Port: "profile", Result: "*",
				After: map[string]string{
					"profile@id": `"profile-2"`, "profile@data.contact.email.main": `"ann@example.com"`,
					"event@profile.id": `"profile-2"`, "session@profile.id": `"profile-1"`,
				},
			},
			{
				Name: "an event without a profile", Config: `{"field": "id", "value": "payload@customer"}`,
				Payload: `{"customer": "profile-2"}`, Profile: "null", Port: "profile", Result: "*",
				After: map[string]string{"profile@id": `"profile-2"`},
			},
			{Name: "nobody is found", Config: `{"value": "bob@example.com"}`, Error: "0 profiles"},
			{Name: "several people", Config: `{"field": "data.contact.phone.main", "value": "+1 555 0100"}`, Error: "2 profiles"},
			{Name: "an unknown id", Config: `{"field": "id", "value": "profile-9"}`, Error: `no profile "profile-9"`},
			{Name: "no value", Error: "event@properties.email is missing"},
			{Name: "an empty value", Config: `{"value": "payload@email"}`, Payload: `{"email": ""}`, Error: "is empty"},
		},
	})
}

// Load finds the one person that has a value in a field, and makes the event over to them: from here on the profile is theirs, in
// this flow and in those that follow it, and the event is stored as theirs. The payload is the profile.
//
// When nobody or more than one person has the value, it goes on at the port error. What was changed before stays with the person
// that the event came from, and so do their visit and the answer to the sender. It can't be done after a wait or in the background,
// when the event is stored already, nor for a person that has not given the consents that the flow's trigger asks for. A source
// whose events are often made over should send them without a profile, so that none is made for them first.
//
// Ids, e-mail addresses and phone numbers are found at once; for a Twitter name all profiles are looked through on embedded storage,
// for no longer than the node may take.
type Load struct {
	Field string     `json:"field" title:"Field" help:"What the person is found by." enum:"id,data.contact.email.main,data.contact.email.business,data.contact.email.private,data.contact.phone.main,data.contact.phone.mobile,data.contact.phone.business,data.contact.app.twitter"`
	Value node.Value `json:"value" title:"Value" help:"Such as event@properties.email." required:"true"`
}

// Run implements node.Node.
func (n *Load) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	if value == "" {
		return node.Output{}, tracardi.InvalidField("value", "is empty: nobody is found by it")
	}
	id := value
	if n.Field != "id" {
		found, err := in.Records().Search(ctx, "profile", expr.OneOf(expr.MustPath(n.Field), value), 2)
		if err != nil {
			return node.Output{}, err
		}
		if len(found) != 1 {
			return node.Output{}, tracardi.Errorf(tracardi.NotFound, "%d profiles or more have this value in %s", len(found), n.Field)
		}
		id, _ = found[0]["id"].(string)
	}
	if err := in.Become(ctx, id); err != nil {
		return node.Output{}, err
	}
	return node.To("profile", node.Document(in.Profile())), nil
}
