package clock

import (
	"context"
	"fmt"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "weekend", Name: "Is it a weekend?", Icon: "calendar-week",
		New:     func() node.Node { return &Weekend{} },
		Out:     []node.Port{{Name: "date", Doc: "The day, and whether it belongs to a weekend."}},
		Aliases: []string{"tracardi.process_engine.action.v1.weekdays_checker_action.WeekDaysChecker"},
		Examples: []node.Example{
			{Name: "a Monday", Port: "date", Result: `{"today": "Monday", "weekend": false, "day_number": 1}`},
			{
				Name: "no such zone", Config: `{"timezone": "Middle/Earth"}`, Port: "error",
				Result: `{"message": "there is no time zone \"Middle/Earth\"; zones are written like Europe/Berlin"}`,
			},
		},
	})
}

// Weekend tells which day it is. The payload is then {"today": "Monday", "weekend": false, "day_number": 1}; Monday has the number 1,
// and Saturday and Sunday are weekend. An unknown zone goes on at the port error.
type Weekend struct {
	Zone node.Value `json:"timezone" title:"Time zone" help:"A place that holds a zone, or a zone such as Europe/Berlin; empty for UTC."`
}

// Run implements node.Node.
func (n *Weekend) Run(_ context.Context, in *node.Input) (node.Output, error) {
	now, err := nowIn(in, n.Zone)
	if err != nil {
		return node.Fail(fmt.Sprint(err)), nil
	}
	number := dayNumber(now)
	return node.To("date", map[string]any{"today": now.Weekday().String(), "weekend": number > 5, "day_number": number}), nil
}
