package clock

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "today", Name: "Today", Icon: "calendar-event",
		New:     func() node.Node { return &Today{Zone: node.ValueOf("session@context.time.tz")} },
		Aliases: []string{"tracardi.process_engine.action.v1.time.today_action.TodayAction"},
		Examples: []node.Example{
			{
				Name: "the visitor's time", Session: `{"context": {"time": {"tz": "Asia/Tokyo"}}}`, Port: "payload",
				Result: `{
					"utcTime": "2026-03-02T10:30:00Z", "timestamp": 1772447400,
					"server": {"dayOfWeek": "monday", "day": 2, "month": 3, "year": 2026, "week": 1, "hour": 10, "minute": 30, "second": 0, "ms": 0,
						"time": "10:30:00", "fold": 0, "iso": "2026-03-02T10:30:00Z"},
					"local": {"dayOfWeek": "monday", "day": 2, "month": 3, "year": 2026, "week": 1, "hour": 19, "minute": 30, "second": 0, "ms": 0,
						"time": "19:30:00", "fold": 0, "iso": "2026-03-02T19:30:00+09:00"}}`,
			},
			{
				Name: "no such zone", Config: `{"timezone": "Middle/Earth"}`, Port: "error",
				Result: `{"message": "there is no time zone \"Middle/Earth\"; zones are written like Europe/Berlin"}`,
			},
			{Name: "an unknown zone", Port: "error", Result: `{"message": "session@context.time.tz is missing in the data"}`},
		},
	})
}

// Today tells the time in UTC and in a time zone, in parts. The payload is then:
//
//   - utcTime, timestamp: the time as a text and in seconds since 1970
//   - server: the parts in UTC; local: the parts in the zone
//
// The parts are year, month, day, hour, minute, second and ms (millionths of a second), dayOfWeek such as monday, week (the number of
// that day, 1 for Monday), time and iso, the whole as a text. An unknown zone goes on at the port error.
type Today struct {
	Zone node.Value `json:"timezone" title:"Time zone" help:"A place that holds a zone, or a zone such as Europe/Berlin." required:"true"`
}

// Run implements node.Node.
func (n *Today) Run(_ context.Context, in *node.Input) (node.Output, error) {
	local, err := nowIn(in, n.Zone)
	if err != nil {
		return node.Fail(fmt.Sprint(err)), nil
	}
	utc := local.UTC()
	return node.To("payload", map[string]any{
		"utcTime": utc.Format(time.RFC3339Nano), "timestamp": float64(utc.UnixMicro()) / 1e6,
		"server": parts(utc), "local": parts(local),
	}), nil
}

func parts(t time.Time) map[string]any {
	return map[string]any{
		"dayOfWeek": strings.ToLower(t.Weekday().String()), "week": dayNumber(t), "day": t.Day(), "month": int(t.Month()), "year": t.Year(),
		"hour": t.Hour(), "minute": t.Minute(), "second": t.Second(), "ms": t.Nanosecond() / 1000, "fold": 0,
		"time": t.Format("15:04:05.999999"), "iso": t.Format(time.RFC3339Nano),
	}
}

// dayNumber is 1 for Monday and 7 for Sunday.
func dayNumber(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }
