package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// basket waits for an order, and says in the profile what came.
const basket = `
	s control.start
	w try.wait {"for": %q, "event": "order-completed"}
	a try.change {"set": {"profile@traits.came": "nothing", "profile@traits.times": ["profile@traits.times", 1]}}
	b try.change {"set": {"profile@traits.came": "payload@event.properties.order"}}
	e try.change {"set": {"profile@traits.came": "error"}}
	s.payload -> w
	w.payload -> a
	w.matched -> b
	a.error -> e`

func waitingRoad(t *testing.T, wait string) *flowRoad {
	t.Helper()
	r := newFlowRoad(t)
	r.publish(t, "basket", fmt.Sprintf(basket, wait))
	r.on(t, workspace.Trigger{Name: "t", Flow: "basket", EventType: "basket-updated"})
	return r
}

func TestEventEndsWaitOnce(t *testing.T) {
	r := waitingRoad(t, "1h")
	r.work(t)
	answer := r.send(t, event("s1", "basket-updated", ""))
	run := r.find(t, storage.Runs, `status = "waiting" AND profile.id = "`+answer.Profile+`"`)
	if len(run) != 1 || dig(run[0], "waits", "0", "event_type") != "order-completed" {
		t.Fatalf("runs %v", run)
	}
	r.send(t, event("s1", "something-else", ""))
	r.send(t, event("s2", "order-completed", `{"order": "of somebody else"}`))
	r.send(t, event("s1", "order-completed", `{"order": "first"}`))
	r.send(t, event("s1", "order-completed", `{"order": "second"}`))
	r.eventually(t, 1, storage.Runs, `status = "done" AND id = "`+run[0]["id"].(string)+`"`)
	var profile tracardi.Profile
	r.document(t, storage.Profiles, answer.Profile, &profile)
	if came := profile.Traits.Text("came"); came != "first" || len(profile.Metadata.System.Waiting) > 0 {
		t.Errorf("%q came, and %v waits", came, profile.Metadata.System.Waiting)
	}
}

func TestTimeEndsWait(t *testing.T) {
	r := waitingRoad(t, "1s")
	r.work(t)
	answer := r.send(t, event("s1", "basket-updated", ""))
	r.eventually(t, 1, storage.Profiles, `id = "`+answer.Profile+`" AND traits.came = "error"`) // the first time there is nothing to add to
	r.send(t, event("s1", "order-completed", `{"order": "late"}`))
	if n := r.count(t, storage.Profiles, `traits.came = "late"`); n != 0 {
		t.Error("an event woke a run that was over")
	}
}

func TestWaitsEndWithTheirReason(t *testing.T) {
	r := waitingRoad(t, "1s")
	r.on(t, workspace.Trigger{Name: "consent", Flow: "basket", EventType: "agreed-basket", Consents: []string{"mail"}})
	r.publish(t, "agree", "s control.start\na try.change {\"set\": {\"profile@consents.mail\": {\"given\": true}}}\ns.payload -> a")
	r.publish(t, "refuse", "s control.start\na try.change {\"set\": {\"profile@consents.mail\": null}}\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "t", Flow: "agree", EventType: "agree"})
	r.on(t, workspace.Trigger{Name: "t", Flow: "refuse", EventType: "refuse"})
	r.send(t, event("s1", "agreed-basket", ""))
	if n := r.count(t, storage.Runs, `flow.id = "basket"`); n != 0 {
		t.Fatal("a flow ran without the consent that its trigger asks for")
	}
	r.send(t, event("s1", "agree", ""))
	r.send(t, event("s1", "agreed-basket", ""))
	r.send(t, event("s1", "refuse", ""))
	gone := r.send(t, event("s2", "basket-updated", ""))
	if _, err := r.store.Delete(t.Context(), tracardi.DefaultTenant, storage.Profiles, []string{gone.Profile}); err != nil {
		t.Fatal(err)
	}
	r.work(t)
	r.eventually(t, 1, storage.Runs, `status = "cancelled" AND reason = "a consent was withdrawn"`)
	r.eventually(t, 1, storage.Runs, `status = "cancelled" AND reason = "the profile is gone"`)
	if n := r.count(t, storage.Profiles, `traits.came EXISTS`); n != 0 {
		t.Error("a cancelled run went on")
	}
}

func TestUnpublishedFlowsEnd(t *testing.T) {
	r := waitingRoad(t, "1s")
	answer := r.send(t, event("s1", "basket-updated", ""))
	r.send(t, event("s2", "basket-updated", ""))
	must(t, workspace.LiveFlows(r.config).Delete(t.Context(), tracardi.DefaultTenant, "basket"))
	must(t, r.workspace.Refresh(t.Context()))
	n, err := pipeline.CancelRuns(t.Context(), r.store, tracardi.DefaultTenant, "basket", time.Now())
	if n != 2 || err != nil {
		t.Errorf("cancelled %d, %v", n, err)
	}
	r.publish(t, "basket", fmt.Sprintf(basket, "1s")) // it is live again, and the runs of before stay cancelled
	r.work(t)
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(5 * time.Millisecond) {
		var profile tracardi.Profile
		r.document(t, storage.Profiles, answer.Profile, &profile)
		if len(profile.Metadata.System.Waiting) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the profile still lists %v", profile.Metadata.System.Waiting)
		}
	}
	if n := r.count(t, storage.Profiles, `traits.came EXISTS`); n != 0 {
		t.Error("a cancelled run went on")
	}
}

// TestConditionEndsWait waits until the person says how to reach them, in an event of any type.
func TestConditionEndsWait(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", `
		s control.start
		w control.wait-for-condition {"condition": "profile@traits.ready = 1 AND event@type != \"tell\"", "timeout": "1h"}
		c try.change {"set": {"profile@traits.came": "payload@event.type"}}
		s.payload -> w
		w.true -> c`)
	r.publish(t, "tell", "s control.start\na try.change {\"set\": {\"profile@traits.ready\": 1}}\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "f", Flow: "f", EventType: "begin"})
	r.on(t, workspace.Trigger{Name: "tell", Flow: "tell", EventType: "tell"})
	r.work(t)
	for _, name := range []string{"begin", "look", "tell", "look-again"} {
		r.send(t, event("s1", name, ""))
		if n := r.count(t, storage.Runs, `flow.id = "f" AND status = "waiting"`); name != "look-again" && n != 1 {
			t.Errorf("after %s %d runs wait, want 1", name, n)
		}
	}
	r.eventually(t, 1, storage.Profiles, `traits.came = "look-again"`)
	r.eventually(t, 1, storage.Runs, `flow.id = "f" AND status = "done"`)
}

func TestSchedulesAreSentOnce(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", "s control.start\na try.put {\"name\": \"due\", \"value\": \"event@properties.due\"}\ns.payload -> a")
	r.publish(t, "any", "s control.start")
	r.on(t, workspace.Trigger{Name: "hourly", Flow: "f", Schedule: &workspace.Schedule{Every: "1h"}})
	r.on(t, workspace.Trigger{Name: "all events", Flow: "any"})
	r.work(t)
	first, second := map[string]time.Time{}, map[string]time.Time{} // what two processes remember
	turn := func(by time.Duration) {
		t.Helper()
		r.ahead.Add(int64(by))
		must(t, r.SendDue(t.Context(), first))
		must(t, r.SendDue(t.Context(), second))
	}
	now := time.Now()
	turn(now.Truncate(time.Hour).Add(70 * time.Minute).Sub(now)) // the minutes below stay within one hour
	for i := range 3 {
		turn(time.Hour)
		turn(time.Minute)
		r.eventually(t, i+1, storage.Events, `type = "schedule-due"`)
	}
	turn(10 * time.Hour) // nobody was there; it is made up for once
	r.eventually(t, 4, storage.Events, `type = "schedule-due"`)
	r.eventually(t, 4, storage.Runs, `flow.id = "f" AND status = "done"`)
	if n := r.count(t, storage.Runs, `flow.id = "any"`); n != 0 {
		t.Error("a trigger for all events took those of schedules")
	}
}
