package data

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "inject", Name: "Inject", Icon: "vaccine", Start: true, TestOnly: true,
		New:     func() node.Node { return &Inject{Destination: "payload"} },
		In:      []node.Port{},
		Aliases: []string{"tracardi.process_engine.action.v1.inject_action.InjectAction"},
		Import:  node.FromJSONText("value"),
		Examples: []node.Example{
			{
				Name: "a payload to begin with", Config: `{"value": {"sku": "A-1", "type": "event@type"}}`,
				Port: "payload", Result: `{"sku": "A-1", "type": "page-view"}`,
			},
			{
				Name: "properties of the event", Config: `{"value": {"sku": "A-1"}, "destination": "event-properties"}`,
				Port: "payload", After: map[string]string{"event@properties": `{"sku": "A-1"}`},
			},
			{
				Name: "personal data", Config: `{"value": {"firstname": "Ann"}, "destination": "profile-pii"}`,
				Port: "payload", After: map[string]string{"profile@data.pii": `{"firstname": "Ann"}`},
			},
			{Name: "no object", Config: `{"value": ["A-1"]}`, Error: "no object"},
		},
	})
}

// Inject begins a flow with invented data, to try the flow out. It puts an object into the payload or in the place of a part of
// the event, the profile or the session. Only tests run it: in a live flow it passes nothing on.
type Inject struct {
	Value       node.Value `json:"value" title:"Data" help:"An object; texts such as event@type stand for what is there." widget:"json" required:"true"`
	Destination string     `json:"destination" title:"Place" help:"Where it is put." enum:"payload,event-properties,profile-pii,profile-traits,profile-interests,profile-counters,profile-consents,session-context"`
}

var destinations = map[string]node.Path{
	"event-properties":  node.PathTo("event@properties"),
	"profile-pii":       node.PathTo("profile@data.pii"),
	"profile-traits":    node.PathTo("profile@traits"),
	"profile-interests": node.PathTo("profile@interests"),
	"profile-counters":  node.PathTo("profile@stats.counters"),
	"profile-consents":  node.PathTo("profile@consents"),
	"session-context":   node.PathTo("session@context"),
}

// Run implements node.Node.
func (n *Inject) Run(_ context.Context, in *node.Input) (node.Output, error) {
	value, err := n.Value.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	tree, ok := value.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("value", "is no object")
	}
	if place, ok := destinations[n.Destination]; ok {
		return node.To("payload", in.Payload), place.Set(in, tree)
	}
	return node.To("payload", tree), nil
}
