package clock

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "time-span", Name: "Is it between two times?", Icon: "clock-hour-4",
		New: func() node.Node { return &TimeSpan{Zone: node.ValueOf("session@context.time.tz")} },
		Out: []node.Port{
			{Name: "in", Doc: "The time lies between the two."},
			{Name: "out", Doc: "It does not."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.time.local_time_span.plugin.LocalTimeSpanAction"},
		Examples: []node.Example{
			{
				Name: "at work", Config: `{"start": "09:00:00", "end": "17:00:00"}`, Session: `{"context": {"time": {"tz": "Europe/Berlin"}}}`,
				Payload: `{"a": 1}`, Port: "in",
			},
			{
				Name: "at night", Config: `{"start": "22:00", "end": "06:00", "timezone": "Europe/Berlin"}`,
				Payload: `{"a": 1}`, Port: "out",
			},
			{Name: "an unknown zone", Config: `{"start": "9:00", "end": "17:00"}`, Error: "session@context.time.tz is missing"},
		},
	})
}

// TimeSpan goes on at the port in when the time of day in a zone lies between two times, both included, else at the port out. When the
// end is before the start, the span goes over midnight: from 22:00 to 06:00 is the night.
type TimeSpan struct {
	Zone  node.Value `json:"timezone" title:"Time zone" help:"A place that holds a zone, or a zone such as Europe/Berlin; empty for UTC."`
	Start string     `json:"start" title:"Start" help:"Such as 09:00 or 09:00:00." required:"true"`
	End   string     `json:"end" title:"End" help:"Such as 17:30 or 17:29:59." required:"true"`
}

// Check implements node.Checker.
func (n *TimeSpan) Check() error {
	if _, ok := timeOfDay(n.Start); !ok {
		return tracardi.InvalidField("start", "%q is no time of day; write it like 09:00", n.Start)
	}
	if _, ok := timeOfDay(n.End); !ok {
		return tracardi.InvalidField("end", "%q is no time of day; write it like 17:00", n.End)
	}
	return nil
}

// Run implements node.Node.
func (n *TimeSpan) Run(_ context.Context, in *node.Input) (node.Output, error) {
	now, err := nowIn(in, n.Zone)
	if err != nil {
		return node.Output{}, err
	}
	at := now.Hour()*60*60 + now.Minute()*60 + now.Second()
	start, _ := timeOfDay(n.Start)
	end, _ := timeOfDay(n.End)
	within := start <= at && at <= end
	if end < start {
		within = start <= at || at <= end
	}
	if within {
		return node.To("in", in.Payload), nil
	}
	return node.To("out", in.Payload), nil
}

// timeOfDay reads a time as seconds since midnight.
func timeOfDay(text string) (seconds int, ok bool) {
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Hour()*60*60 + t.Minute()*60 + t.Second(), true
		}
	}
	return 0, false
}
