package widget

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "demo-form", Name: "Demo form widget", Icon: "forms",
		New: func() node.Node {
			return &DemoForm{Lifetime: "45", Horizontal: "right", Vertical: "bottom", EventType: "request-demo"}
		},
		Aliases:  []string{"com_tracardi.action.v1.ux.demo_form.plugin.DemoFormPlugin"},
		Examples: []node.Example{{Name: "ask for a demo", Payload: `{"a": 1}`, Port: "payload"}},
	})
}

// DemoForm shows a small form in which the visitor can ask for a demonstration. What they write comes as an event with the
// properties name, email and message, through the tracker of the page.
type DemoForm struct {
	Lifetime   string `json:"lifetime" title:"Disappears after" help:"Seconds without anything written in it."`
	Horizontal string `json:"horizontal_position" title:"Across" help:"Where it is in the window." enum:"left,right"`
	Vertical   string `json:"vertical_position" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
	EventType  string `json:"event_type" title:"Event type" help:"Of the event with what was written." required:"true"`
}

// Check implements node.Checker.
func (n *DemoForm) Check() error { return seconds("lifetime", n.Lifetime) }

// seconds checks a number of seconds, which the original writes as text.
func seconds(setting, text string) error {
	if n, err := strconv.Atoi(text); err != nil || n < 0 {
		return tracardi.InvalidField(setting, "must be a number of seconds")
	}
	return nil
}

// Run implements node.Node.
func (n *DemoForm) Run(_ context.Context, in *node.Input) (node.Output, error) {
	settings := quote(map[string]string{"type": n.EventType, "lifetime": n.Lifetime, "x": n.Horizontal, "y": n.Vertical})
	execute(in, `(() => {
  const settings = `+settings+`;
  const add = (to, tag, props) => to.appendChild(Object.assign(document.createElement(tag), props));
  const form = add(document.body, 'form', {className: 'tracardi-demo-form'});
  Object.assign(form.style, {
    position: 'fixed', [settings.x]: '1rem', [settings.y]: '1rem', zIndex: 2147483000, display: 'grid', gap: '.5rem',
    padding: '1rem', background: '#fff', color: '#222', boxShadow: '0 2px 12px rgba(0,0,0,.3)', borderRadius: '.5rem', font: '1rem sans-serif',
  });
  const field = (tag, name, label, props) => {
    const box = add(form, 'label', {textContent: label});
    return add(box, tag, Object.assign({name, required: true}, props));
  };
  field('input', 'name', 'Name ', {autocomplete: 'name'});
  field('input', 'email', 'E-mail ', {type: 'email', autocomplete: 'email'});
  field('textarea', 'message', 'Message ', {required: false});
  add(form, 'button', {textContent: 'Request a demo'});
  add(form, 'button', {textContent: 'Close', type: 'button', onclick: () => form.remove()});
  const timer = setTimeout(() => form.remove(), Number(settings.lifetime) * 1000);
  form.oninput = () => clearTimeout(timer);
  form.onsubmit = (event) => {
    event.preventDefault();
    window.tracker.track(settings.type, Object.fromEntries(new FormData(form)));
    form.remove();
  };
})();`)
	return node.To("payload", in.Payload), nil
}
