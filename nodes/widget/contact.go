package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "contact", Name: "Contact popup", Icon: "address-book",
		New: func() node.Node {
			return &Contact{ContactType: "email", Horizontal: "center", Vertical: "bottom", EventType: "contact", SaveEvent: true}
		},
		Aliases: []string{"tracardi.process_engine.action.v1.ux._contact_popup.plugin.ContactPopupPlugin"},
		Examples: []node.Example{
			{
				Name: "a newsletter", Config: `{"api_url": "https://cdp.example", "uix_source": "https://cdn.example", "content": "News for {{profile@data.pii.firstname}}?"}`,
				Profile: `{"data": {"pii": {"firstname": "Ann"}}}`, Payload: `{"a": 1}`, Port: "payload",
			},
			{
				Name: "a name that is not known", Config: `{"api_url": "https://cdp.example", "uix_source": "https://cdn.example", "content": "News for {{profile@data.pii.firstname}}?"}`,
				Error: "profile@data.pii.firstname is missing",
			},
		},
	})
}

// Contact asks the visitor for an e-mail address or a phone number. The answer comes as an event with the property contact.
type Contact struct {
	API         string        `json:"api_url" title:"This server" help:"The address under which pages reach it, such as https://cdp.example." required:"true"`
	Source      string        `json:"uix_source" title:"Widgets" help:"The address that serves /uix/contact-popup/index.js." required:"true"`
	Content     node.Template `json:"content" title:"Text" help:"What the visitor reads." required:"true" widget:"textarea"`
	ContactType string        `json:"contact_type" title:"Asks for" help:"An e-mail address or a phone number." enum:"email,phone"`
	Horizontal  string        `json:"horizontal_pos" title:"Across" help:"Where it is in the window." enum:"left,center,right"`
	Vertical    string        `json:"vertical_pos" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
	EventType   string        `json:"event_type" title:"Event type" help:"Of the event with the answer." required:"true"`
	SaveEvent   bool          `json:"save_event" title:"Keep the event" help:"Else it is only processed."`
	Dark        bool          `json:"dark_theme" title:"Dark" help:"Light text on dark ground."`
}

// Check implements node.Checker.
func (n *Contact) Check() error {
	return addresses(map[string]string{"api_url": n.API, "uix_source": n.Source})
}

// Run implements node.Node.
func (n *Contact) Run(_ context.Context, in *node.Input) (node.Output, error) {
	attributes := identity(in)
	if err := texts(in, attributes, map[string]node.Template{"data-message": n.Content}); err != nil {
		return node.Output{}, err
	}
	attributes["data-contact-type"] = n.ContactType
	attributes["data-api-url"] = n.API
	attributes["data-event-type"] = n.EventType
	attributes["data-theme"] = theme(n.Dark)
	attributes["data-position-horizontal"] = n.Horizontal
	attributes["data-position-vertical"] = n.Vertical
	attributes["data-save-event"] = yesNo(n.SaveEvent)
	in.Show(map[string]any{"tag": "link", "props": map[string]any{"rel": "stylesheet", "href": bundle(n.Source, "/uix/contact-popup/index.css")}})
	show(in, "tracardi-uix-contact-widget", attributes, bundle(n.Source, "/uix/contact-popup/index.js"))
	return node.To("payload", in.Payload), nil
}
