package pipeline_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

const lost = `
	s control.start
	a try.lost {} !{"retry": {"times": 3, "wait": 0.01}}
	b try.change {"set": {"profile@traits.went": "on"}}
	e try.change {"set": {"profile@traits.went": "payload@message"}}
	s.payload -> a
	a.payload -> b
	a.error -> e`

// TestUnknownCallsAreDecided loses the outcome of a call: nothing repeats it but a person.
func TestUnknownCallsAreDecided(t *testing.T) {
	for _, c := range []struct {
		outcome, went string
		acts          string
	}{
		{flow.DecideDone, "on", "1"},
		{flow.DecideFailed, "the line went dead", "1"},
		{flow.DecideAgain, "", "2"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			r := newFlowRoad(t)
			r.publish(t, "f", lost)
			r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go"})
			r.work(t)
			r.send(t, event("s1", "go", ""))
			run := r.eventually(t, 1, storage.Runs, `status = "unknown"`)[0]
			if dig(run, "waits", "0", "unknown") != "the line went dead" || dig(run, "waits", "0", "node") != "a" {
				t.Errorf("the run waits for %v", run["waits"])
			}
			if n := r.count(t, storage.Logs, `level = "error" AND node_id = "a"`); n != 1 {
				t.Errorf("%d lines in the log, want 1", n)
			}
			id := run["id"].(string)
			decide := func(pause int, outcome string) error {
				return pipeline.DecideCall(t.Context(), r.store, tracardi.DefaultTenant, id, pause, outcome)
			}
			if err := decide(7, c.outcome); tracardi.KindOf(err) != tracardi.Conflict {
				t.Errorf("a pause that is not there: %v", err)
			}
			must(t, decide(1, c.outcome))
			if c.went == "" {
				r.eventually(t, 2, storage.Logs, `level = "error" AND node_id = "a"`)
			} else {
				r.eventually(t, 1, storage.Profiles, `traits.went = "`+c.went+`"`)
				if err := decide(1, c.outcome); tracardi.KindOf(err) != tracardi.Conflict {
					t.Errorf("it was decided twice: %v", err)
				}
			}
			if n, _, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); string(n) != c.acts {
				t.Errorf("%s calls, want %s", n, c.acts)
			}
		})
	}
}

// TestHarmlessCallsAreRepeated loses the outcomes of calls that a node's settings say may be made twice: they are ordinary failures.
func TestHarmlessCallsAreRepeated(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", strings.ReplaceAll(lost, "try.lost {}", `try.lost {"harmless": true}`))
	r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go"})
	r.work(t)
	r.send(t, event("s1", "go", ""))
	r.eventually(t, 1, storage.Profiles, `traits.went = "the line went dead"`)
	if n, _, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); string(n) != "4" {
		t.Errorf("%s calls, want 4", n)
	}
}

// TestNothingActsWithoutReason withdraws the reason of a call between the event and the worker.
func TestNothingActsWithoutReason(t *testing.T) {
	for name, withdraw := range map[string]func(t *testing.T, r *flowRoad, profile string){
		"a consent was withdrawn": func(t *testing.T, r *flowRoad, _ string) { r.send(t, event("s1", "refuse", "")) },
		"the profile is gone": func(t *testing.T, r *flowRoad, profile string) {
			_, err := r.store.Delete(context.Background(), tracardi.DefaultTenant, storage.Profiles, []string{profile})
			must(t, err)
		},
		"the flow was unpublished": func(t *testing.T, r *flowRoad, _ string) {
			must(t, workspace.LiveFlows(r.config).Delete(t.Context(), tracardi.DefaultTenant, "f"))
			must(t, r.workspace.Refresh(t.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFlowRoad(t)
			r.publish(t, "f", lost)
			r.publish(t, "agree", "s control.start\na try.change {\"set\": {\"profile@consents.mail\": {\"given\": true}}}\ns.payload -> a")
			r.publish(t, "refuse", "s control.start\na try.change {\"set\": {\"profile@consents.mail\": null}}\ns.payload -> a")
			r.on(t, workspace.Trigger{Name: "t", Flow: "agree", EventType: "agree"})
			r.on(t, workspace.Trigger{Name: "t", Flow: "refuse", EventType: "refuse"})
			r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go", Consents: []string{"mail"}})
			r.send(t, event("s1", "agree", ""))
			answer := r.send(t, event("s1", "go", ""))
			withdraw(t, r, answer.Profile)
			r.work(t)
			r.eventually(t, 1, storage.Runs, `status = "cancelled" AND reason = "`+name+`"`)
			if _, called, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); called {
				t.Error("it acted all the same")
			}
		})
	}
}
