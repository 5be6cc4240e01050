package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "rating", Name: "Rating popup", Icon: "star",
		New: func() node.Node {
			return &Rating{Lifetime: "6", Horizontal: "center", Vertical: "bottom", EventType: "rate", SaveEvent: true}
		},
		Aliases: []string{
			"tracardi.process_engine.action.v1.ux._rating_popup.plugin.RatingPopupPlugin",
			"com_tracardi.action.v1.ux.rating_popup.plugin.RatingPopupPlugin",
		},
		Examples: []node.Example{
			{Name: "how was it", Config: `{"api_url": "https://cdp.example", "title": "How was it?", "message": "Five stars are best."}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "a place with nothing", Config: `{"api_url": "https://cdp.example", "title": "{{payload@t}}"}`, Error: "payload@t is missing"},
		},
	})
}

// Rating asks the visitor for one to five stars. The answer comes as an event with the property rating.
type Rating struct {
	API        string        `json:"api_url" title:"This server" help:"The address under which pages reach it, such as https://cdp.example." required:"true"`
	Source     string        `json:"uix_source" title:"Widgets" help:"The address that serves /uix/rating_popup/index.js; empty for this server."`
	Title      node.Template `json:"title" title:"Title" help:"Above the stars." required:"true"`
	Message    node.Template `json:"message" title:"Text" help:"Below the title."`
	Lifetime   string        `json:"lifetime" title:"Disappears after" help:"Seconds."`
	Horizontal string        `json:"horizontal_position" title:"Across" help:"Where it is in the window." enum:"left,center,right"`
	Vertical   string        `json:"vertical_position" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
	EventType  string        `json:"event_type" title:"Event type" help:"Of the event with the stars." required:"true"`
	SaveEvent  bool          `json:"save_event" title:"Keep the event" help:"Else it is only processed."`
	Dark       bool          `json:"dark_theme" title:"Dark" help:"Light text on dark ground."`
}

// Check implements node.Checker.
func (n *Rating) Check() error {
	if err := seconds("lifetime", n.Lifetime); err != nil {
		return err
	}
	if n.Source == "" {
		return addresses(map[string]string{"api_url": n.API})
	}
	return addresses(map[string]string{"api_url": n.API, "uix_source": n.Source})
}

// Run implements node.Node.
func (n *Rating) Run(_ context.Context, in *node.Input) (node.Output, error) {
	attributes := identity(in)
	if err := texts(in, attributes, map[string]node.Template{"data-title": n.Title, "data-message": n.Message}); err != nil {
		return node.Output{}, err
	}
	source := n.Source
	if source == "" {
		source = n.API
	}
	attributes["data-api-url"] = n.API
	attributes["data-position-horizontal"] = n.Horizontal
	attributes["data-position-vertical"] = n.Vertical
	attributes["data-auto-hide"] = n.Lifetime
	attributes["data-theme"] = theme(n.Dark)
	attributes["data-event-type"] = n.EventType
	attributes["data-save-event"] = yesNo(n.SaveEvent)
	show(in, "tracardi-uix-rating-widget", attributes, bundle(source, "/uix/rating_popup/index.js"))
	return node.To("payload", in.Payload), nil
}
