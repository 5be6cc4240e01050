package workspace_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// TestTimesOfTriggers looks at when schedules come, over a change of the clocks too.
func TestTimesOfTriggers(t *testing.T) {
	for name, c := range map[string]struct {
		schedule workspace.Schedule
		after    string
		want     []string
	}{
		"a cron line": {
			workspace.Schedule{Cron: "30 8 * * 1-5"}, "2026-03-06T08:30:00Z", // a Friday
			[]string{"2026-03-09T08:30:00Z", "2026-03-10T08:30:00Z"},
		},
		"in a zone, when summer begins": {
			workspace.Schedule{Cron: "30 8 * * *", Zone: "Europe/Warsaw"},
			"2026-03-27T12:00:00Z",
			[]string{"2026-03-28T07:30:00Z", "2026-03-29T06:30:00Z"},
		},
		"an interval": {
			workspace.Schedule{Every: "15m"},
			"2026-03-06T08:29:59Z",
			[]string{"2026-03-06T08:30:00Z", "2026-03-06T08:45:00Z"},
		},
		"daily": {workspace.Schedule{Cron: "@daily"}, "2026-12-31T08:00:00Z", []string{"2027-01-01T00:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			trigger := &workspace.Trigger{ID: "t", Name: "t", Flow: "f", Enabled: true, Schedule: &c.schedule}
			plan := workspace.PlanOf(&flow.Flow{ID: "f"}, time.Time{}, []*workspace.Trigger{trigger})
			at, err := time.Parse(time.RFC3339, c.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				at = plan.Scheduled[0].Next(at)
				if got := at.UTC().Format(time.RFC3339); got != want {
					t.Errorf("comes at %s, want %s", got, want)
				}
			}
		})
	}
}
