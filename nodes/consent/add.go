package consent

import (
	"context"
	"maps"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add", Name: "Add consent", Icon: "rosette-discount-check",
		New:     func() node.Node { return &Add{} },
		Aliases: []string{"tracardi.process_engine.action.v1.consents.add_consent_action.plugin.ConsentAdder"},
		Examples: []node.Example{
			{
				Name: "what a form says", Config: `{"consents": "event@properties.consents"}`, Event: `{"properties": {"consents": {"mail": true, "ads": false}}}`,
				Profile: `{"consents": {"phone": {"revoke": null}}}`, Payload: `{"a": 1}`, Port: "payload",
				After: map[string]string{"profile@consents": `{"mail": {"revoke": null}, "phone": {"revoke": null}}`},
			},
			{
				Name: "for a year", Config: `{"consents": {"news.letter": true}, "revoke_after": "1 year"}`, Port: "payload",
				After: map[string]string{"profile@consents": `{"news.letter": {"revoke": "2027-03-02T10:30:00.000000Z"}}`},
			},
			{Name: "no object", Config: `{"consents": "event@type"}`, Error: "consents"},
			{Name: "nobody", Config: `{"consents": {"mail": true}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Add notes consents that the person gives: an object in which true stands for a consent, such as {"newsletter": true}. What is
// not true is left as it is; a consent is never taken back here.
type Add struct {
	Consents    node.Value    `json:"consents" title:"Consents" help:"The place of the object, such as event@properties.consents." required:"true"`
	RevokeAfter node.Duration `json:"revoke_after" title:"Holds for" help:"How long the consents hold, such as 1 year; empty for no end."`
}

// Run implements node.Node.
func (n *Add) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Profile() == nil {
		return node.Output{}, errNoProfile
	}
	value, err := n.Consents.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	given, ok := value.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("consents", "is no object such as {\"newsletter\": true}")
	}
	var revoke any
	if now := in.Now(); n.RevokeAfter.At(now) > 0 {
		text := tracardi.AppendTime(nil, n.RevokeAfter.From(now))
		revoke = string(text[1 : len(text)-1])
	}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		if given[id] != true {
			continue
		}
		if err := in.Change("profile", consentsPath.Join(id), map[string]any{"revoke": revoke}); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}
