package control

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "wait-until", Name: "Wait until", Icon: "calendar-time",
		New: func() node.Node { return &WaitUntil{Zone: node.ValueOf("UTC")} },
		Out: []node.Port{
			{Name: "payload", Doc: "The time has come."},
			{Name: "past", Doc: "The time was over already."},
		},
		Examples: []node.Example{
			{
				Name: "three days before the end of a trial", Config: `{"date": "profile@traits.trial_end", "offset": "-3 days"}`,
				Profile: `{"traits": {"trial_end": "2026-03-07T10:30:00Z"}}`, Payload: `{"a": 1}`, Port: "payload", Waits: "2 days",
			},
			{
				Name: "midnight where the visitor is", Config: `{"date": "tomorrow", "timezone": "payload@tz"}`,
				Payload: `{"tz": "Europe/Warsaw"}`, Port: "payload", Waits: "12h 30m",
			},
			{Name: "too late", Config: `{"date": "2026-01-01"}`, Payload: `{"a": 1}`, Port: "past"},
			{Name: "no date", Config: `{"date": "payload@when"}`, Payload: `{"when": "some day"}`, Error: "some day"},
			{Name: "nothing there", Config: `{"date": "payload@when"}`, Error: "payload@when is missing"},
			{Name: "an unknown time zone", Config: `{"date": "tomorrow", "timezone": "Mars/Olympus"}`, Error: "timezone"},
		},
	})
}

// WaitUntil waits until a date: a fixed one, or one in the data, such as the end of a trial or a birthday.
//
// Dates may be written in many ways, such as 2026-03-07T10:30:00Z, 7 March 2026 or tomorrow. The waiting run is stored and
// survives restarts. A date that is over goes on at once at the port past.
type WaitUntil struct {
	Date   node.Value `json:"date" title:"Date" help:"Such as profile@traits.trial_end or 2026-12-24 18:00." required:"true"`
	Offset string     `json:"offset" title:"Before or after" help:"A distance from the date, such as -3 days or 2h; empty for none."`
	Zone   node.Value `json:"timezone" title:"Time zone" help:"Of a date that names none, such as Europe/Paris or session@context.time.tz."`
}

// Check implements node.Checker.
func (n *WaitUntil) Check() error {
	if _, err := n.offset(); err != nil {
		return tracardi.InvalidField("offset", "%v", err)
	}
	return nil
}

func (n *WaitUntil) offset() (expr.Offset, error) {
	if n.Offset == "" {
		return expr.Offset{}, nil
	}
	return expr.ParseOffset(n.Offset)
}

// Run implements node.Node.
func (n *WaitUntil) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Date.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	name, err := n.Zone.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return node.Output{}, tracardi.InvalidField("timezone", "there is no time zone %q", name)
	}
	date, err := expr.ParseDate(text, in.Now(), zone)
	if err != nil {
		return node.Output{}, err
	}
	offset, err := n.offset()
	if err != nil {
		return node.Output{}, err
	}
	if date = offset.Add(date); date.Before(in.Now()) {
		return node.To("past", in.Payload), nil
	}
	return node.Sleep(date, "payload", in.Payload), nil
}
