package widget

import (
	"context"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "consent", Name: "Show consent bar", Icon: "cookie",
		New: func() node.Node {
			return &Consent{
				EventType: "user-consent-pref", AgreeAll: "agree-all-event-type", Position: "bottom", Height: 400, Enabled: true, Always: true,
			}
		},
		Aliases: []string{"tracardi.process_engine.action.v1.ux.consent.plugin.ConsentUx"},
		Examples: []node.Example{
			{Name: "at the bottom", Config: `{"endpoint": "https://cdp.example", "uix_source": "https://cdn.example"}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "an event without a profile", Config: `{"endpoint": "https://cdp.example", "uix_source": "https://cdn.example"}`, Profile: "null", Error: "no profile"},
		},
	})
}

// Consent shows a bar that asks the visitor for consents. What the visitor chooses is sent to /customer/consent of the endpoint
// and becomes consents of the profile.
type Consent struct {
	Endpoint  string `json:"endpoint" title:"This server" help:"The address under which pages reach it, such as https://cdp.example." required:"true"`
	Source    string `json:"uix_source" title:"Widgets" help:"The address that serves /uix/consent/index.js." required:"true"`
	EventType string `json:"event_type" title:"Event of a choice" help:"The type of the event when the visitor chooses." required:"true"`
	AgreeAll  string `json:"agree_all_event_type" title:"Event of agreeing to all" help:"The type of the event when the visitor agrees to all." required:"true"`
	Position  string `json:"position" title:"Position" help:"Where the bar is." enum:"top,bottom"`
	Height    int    `json:"expand_height" title:"Height" help:"Of the opened bar, in pixels." min:"50" max:"5000"`
	Enabled   bool   `json:"enabled" title:"Show it" help:"Else the node only passes the payload on."`
	Always    bool   `json:"always_display" title:"Also to those who have chosen" help:"Else only to people without any consent."`
}

// Check implements node.Checker.
func (n *Consent) Check() error {
	return addresses(map[string]string{"endpoint": n.Endpoint, "uix_source": n.Source})
}

// Run implements node.Node.
func (n *Consent) Run(_ context.Context, in *node.Input) (node.Output, error) {
	profile := in.Profile()
	switch {
	case profile == nil:
		return node.Output{}, tracardi.InvalidField("profile", "the event has no profile")
	case !n.Enabled || !n.Always && !profile.Consents.Empty():
		return node.To("payload", in.Payload), nil
	}
	attributes := map[string]any{
		"data-endpoint": n.Endpoint, "data-event-type": n.EventType, "data-agree-all-event-type": n.AgreeAll,
		"data-position": n.Position, "data-expand-height": n.Height,
		"data-profile": profile.ID, "data-source": in.Event().Source.ID,
	}
	if session := in.Session(); session != nil {
		attributes["data-session"] = session.ID
	}
	show(in, "tracardi-uix-consent", attributes, bundle(n.Source, "/uix/consent/index.js"))
	return node.To("payload", in.Payload), nil
}
