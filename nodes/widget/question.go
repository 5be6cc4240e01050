package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "question", Name: "Question popup", Icon: "help-hexagon",
		New: func() node.Node {
			return &Question{
				Left: node.TemplateOf("Yes"), Right: node.TemplateOf("No"), Horizontal: "center", Vertical: "bottom",
				EventType: "question", SaveEvent: true, Lifetime: "6",
			}
		},
		Aliases: []string{"tracardi.process_engine.action.v1.ux._question_popup.plugin.QuestionPopupPlugin"},
		Examples: []node.Example{
			{Name: "does it fit", Config: `{"api_url": "https://cdp.example", "uix_source": "https://cdn.example", "popup_title": "One question", "content": "Does it fit?"}`, Payload: `{"a": 1}`, Port: "payload"},
			{Name: "a place with nothing", Config: `{"api_url": "https://cdp.example", "uix_source": "https://cdn.example", "popup_title": "{{payload@t}}", "content": "?"}`, Error: "payload@t is missing"},
		},
	})
}

// Question asks the visitor a question with two answers. The answer comes as an event with the property answer.
type Question struct {
	API        string        `json:"api_url" title:"This server" help:"The address under which pages reach it, such as https://cdp.example." required:"true"`
	Source     string        `json:"uix_source" title:"Widgets" help:"The address that serves /uix/question-popup/index.js." required:"true"`
	Title      node.Template `json:"popup_title" title:"Title" help:"Above the question." required:"true"`
	Content    node.Template `json:"content" title:"Question" help:"What is asked." required:"true" widget:"textarea"`
	Left       node.Template `json:"left_button_text" title:"Left answer" help:"The text of the button." required:"true"`
	Right      node.Template `json:"right_button_text" title:"Right answer" help:"The text of the button." required:"true"`
	Horizontal string        `json:"horizontal_pos" title:"Across" help:"Where it is in the window." enum:"left,center,right"`
	Vertical   string        `json:"vertical_pos" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
	EventType  string        `json:"event_type" title:"Event type" help:"Of the event with the answer." required:"true"`
	SaveEvent  bool          `json:"save_event" title:"Keep the event" help:"Else it is only processed."`
	Lifetime   string        `json:"popup_lifetime" title:"Disappears after" help:"Seconds."`
	Dark       bool          `json:"dark_theme" title:"Dark" help:"Light text on dark ground."`
}

// Check implements node.Checker.
func (n *Question) Check() error {
	if err := seconds("popup_lifetime", n.Lifetime); err != nil {
		return err
	}
	return addresses(map[string]string{"api_url": n.API, "uix_source": n.Source})
}

// Run implements node.Node.
func (n *Question) Run(_ context.Context, in *node.Input) (node.Output, error) {
	attributes := identity(in)
	if err := texts(in, attributes, map[string]node.Template{
		"data-popup-title": n.Title, "data-content": n.Content, "data-left-button-text": n.Left, "data-right-button-text": n.Right,
	}); err != nil {
		return node.Output{}, err
	}
	attributes["data-api-url"] = n.API
	attributes["data-horizontal-position"] = n.Horizontal
	attributes["data-vertical-position"] = n.Vertical
	attributes["data-popup-lifetime"] = n.Lifetime
	attributes["data-theme"] = theme(n.Dark)
	attributes["data-event-type"] = n.EventType
	attributes["data-save-event"] = yesNo(n.SaveEvent)
	show(in, "tracardi-question-widget", attributes, bundle(n.Source, "/uix/question-popup/index.js"))
	return node.To("payload", in.Payload), nil
}
