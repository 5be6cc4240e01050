package pipeline_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// TestOldRecordsGo turns the clock until runs, logs and events are old.
func TestOldRecordsGo(t *testing.T) {
	const day = 24 * time.Hour
	r := waitingRoad(t, "365 days")
	r.publish(t, "f", "s control.start\na try.break\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "f", Flow: "f", EventType: "go"})
	r.send(t, event("s1", "basket-updated", "")) // its run waits
	r.send(t, event("s1", "go", ""))
	must(t, r.FlushTallies(t.Context()))
	kept := func(runs, logs, tallies, events int64) {
		t.Helper()
		for c, want := range map[storage.Collection]int64{storage.Runs: runs, storage.Logs: logs, storage.Tallies: tallies} {
			if n := r.count(t, c, ""); n != want {
				t.Errorf("%d of %s, want %d", n, c, want)
			}
		}
		if n := r.count(t, storage.Events, `type = "go"`); n != events {
			t.Errorf("%d events, want %d", n, events)
		}
	}
	after := func(d time.Duration, keep pipeline.Keep) {
		t.Helper()
		r.ahead.Store(int64(d))
		must(t, r.DropOldOnce(t.Context(), keep))
	}
	after(100*day, pipeline.Keep{})
	kept(2, 1, 2, 1)
	after(89*day, pipeline.Keep{Logs: 90 * day, Runs: 90 * day})
	kept(2, 1, 2, 1)
	after(91*day, pipeline.Keep{Logs: 90 * day})
	kept(2, 0, 2, 1)
	after(91*day, pipeline.Keep{Logs: 90 * day, Runs: 90 * day})
	kept(1, 0, 0, 1)
	after(401*day, pipeline.Keep{Events: 400 * day, Runs: 90 * day})
	kept(1, 0, 0, 0)
}
