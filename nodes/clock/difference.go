package clock

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "difference", Name: "Time between two dates", Icon: "clock-pause",
		New:     func() node.Node { return &Difference{Now: node.ValueOf("now")} },
		Out:     []node.Port{{Name: "time_difference", Doc: "The time between the two, in several units."}},
		Aliases: []string{"tracardi.process_engine.action.v1.time.time_difference.plugin.TimeDiffCalculator"},
		Examples: []node.Example{
			{
				Name: "since an order", Config: `{"reference_date": "event@properties.ordered"}`, Event: `{"properties": {"ordered": "2026-03-01T10:30:00Z"}}`,
				Port: "time_difference", Result: `{"seconds": 86400, "minutes": 1440, "hours": 24, "days": 1, "weeks": 0.14285714285714285}`,
			},
			{
				Name: "to an earlier date", Config: `{"reference_date": "2026-03-02 12:00", "now": "2026-03-02T11:00:00Z"}`,
				Port: "time_difference", Result: `{"seconds": -3600, "minutes": -60, "hours": -1, "days": -0.041666666666666664, "weeks": -0.005952380952380952}`,
			},
			{Name: "no date", Config: `{"reference_date": "soon"}`, Error: `reference_date: cannot read "soon" as a date`},
			{Name: "no such field", Config: `{"reference_date": "event@properties.ordered"}`, Error: "event@properties.ordered is missing"},
		},
	})
}

// Difference computes the time from one date to another. The payload is then {"seconds": 86400, "minutes": 1440, "hours": 24, "days": 1,
// "weeks": 0.14}; all are negative when the second date is the earlier one. A date without a time zone is in UTC.
type Difference struct {
	From node.Value `json:"reference_date" title:"From" help:"A place that holds a date, or a date such as 2026-03-01 or yesterday." required:"true"`
	Now  node.Value `json:"now" title:"To" help:"A place that holds a date, or a date; now is the time of the run." required:"true"`
}

// Run implements node.Node.
func (n *Difference) Run(_ context.Context, in *node.Input) (node.Output, error) {
	from, err := dateOf(in, "reference_date", n.From)
	if err != nil {
		return node.Output{}, err
	}
	to, err := dateOf(in, "now", n.Now)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("time_difference", lengths(to.Sub(from))), nil
}

func dateOf(in *node.Input, setting string, value node.Value) (time.Time, error) {
	text, err := value.Text(in)
	if err != nil {
		return time.Time{}, err
	}
	date, err := expr.ParseDate(text, in.Now(), time.UTC)
	if err != nil {
		return time.Time{}, tracardi.InvalidField(setting, "%v", err)
	}
	return date, nil
}
