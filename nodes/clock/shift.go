package clock

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "shift", Name: "Time delay", Icon: "calendar-plus",
		New: func() node.Node {
			return &Shift{Date: node.ValueOf("profile@metadata.time.insert"), Sign: "+", Delay: node.ValueOf("60")}
		},
		Out:     []node.Port{{Name: "date", Doc: "The other date."}},
		Aliases: []string{"tracardi.process_engine.action.v1.time.time_delay.plugin.TimeDelay"},
		Examples: []node.Example{
			{Name: "a minute later", Port: "date", Result: `{"date": "2026-02-02T10:31:00.000000Z"}`},
			{
				Name: "a month before", Config: `{"reference_date": "payload@end", "sign": "-", "delay": "1 month"}`, Payload: `{"end": "2026-03-31 12:00"}`,
				Port: "date", Result: `{"date": "2026-03-03T12:00:00.000000Z"}`,
			},
			{
				Name: "as long as the data says", Config: `{"reference_date": "2026-03-02", "delay": "payload@seconds"}`, Payload: `{"seconds": 90}`,
				Port: "date", Result: `{"date": "2026-03-02T00:01:30.000000Z"}`,
			},
			{Name: "no date", Config: `{"reference_date": "soon"}`, Error: "reference_date"},
			{Name: "no length", Config: `{"delay": "payload@a"}`, Payload: `{"a": "long"}`, Error: "delay"},
			{Name: "nothing there", Config: `{"delay": "payload@a"}`, Error: "payload@a is missing"},
		},
	})
}

// Shift computes the date that lies some time after or before another one: {"date": "2026-03-02T10:31:00.000000Z"}. To wait
// for a date, use Wait until.
type Shift struct {
	Date  node.Value `json:"reference_date" title:"Date" help:"A place that holds a date, or a date such as 2026-03-01 or yesterday." required:"true"`
	Sign  string     `json:"sign" title:"Direction" help:"Later or earlier." enum:"+,-"`
	Delay node.Value `json:"delay" title:"By" help:"A number of seconds, a text such as 2 days, or the place of one." required:"true"`
}

// Run implements node.Node.
func (n *Shift) Run(_ context.Context, in *node.Input) (node.Output, error) {
	date, err := dateOf(in, "reference_date", n.Date)
	if err != nil {
		return node.Output{}, err
	}
	text, err := n.Delay.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	if _, err := strconv.Atoi(text); err == nil {
		text += "s"
	}
	if n.Sign == "-" {
		text = "-" + text
	}
	offset, err := expr.ParseOffset(text)
	if err != nil {
		return node.Output{}, tracardi.InvalidField("delay", "%v", err)
	}
	written := tracardi.AppendTime(nil, offset.Add(date))
	return node.To("date", map[string]any{"date": string(written[1 : len(written)-1])}), nil
}
