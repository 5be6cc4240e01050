package pipeline_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// between is what somebody else does once while the node test.meddle runs.
var between atomic.Pointer[func()]

type meddle struct{}

func init() {
	node.NewGroup("test", "Test", fstest.MapFS{}).Register(node.Type{ID: "meddle", Name: "Meddle", Icon: "x", New: func() node.Node { return &meddle{} }})
}

// Run implements node.Node.
func (*meddle) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if others := between.Swap(nil); others != nil {
		(*others)()
	}
	return node.To("payload", in.Payload), nil
}

// twin is another process on the same stores, whose locks nobody shares, as when a lease is lost.
func (r *flowRoad) twin(t *testing.T) *flowRoad {
	t.Helper()
	locks := memory.NewLocks()
	t.Cleanup(func() { must(t, locks.Close()) })
	other := *r.road
	other.Pipeline = pipeline.New(pipeline.Options{
		Records: r.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "twin", Log: slog.New(slog.DiscardHandler),
		Workspace: r.workspace, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
	})
	return &flowRoad{road: &other, config: r.config, workspace: r.workspace, cache: r.cache}
}

// TestConflictsRepeatNoAct lets another process change the profile between a node that acts and the commit: the data is changed
// on top of the other change, and the node has acted once. So it is with the event itself and after a wait.
func TestConflictsRepeatNoAct(t *testing.T) {
	for name, first := range map[string]string{"at the event": `try.pass`, "after a wait": `try.wait {"for": "10ms"}`} {
		t.Run(name, func(t *testing.T) {
			r := newFlowRoad(t)
			other := r.twin(t)
			r.publish(t, "f", `
				s control.start
				w `+first+`
				a try.act
				m test.meddle
				c try.change {"set": {"profile@traits.acts": "payload@acts", "profile@traits.all": ["profile@traits.other", "payload@acts"]}}
				r try.raise {"type": "raised"}
				s.payload -> w
				w.payload -> a
				a.payload -> m
				m.payload -> c
				c.payload -> r`)
			r.publish(t, "touch", "s control.start\nc try.change {\"set\": {\"profile@traits.other\": \"event@properties.n\"}}\ns.payload -> c")
			r.on(t, workspace.Trigger{Name: "f", Flow: "f", EventType: "go"})
			r.on(t, workspace.Trigger{Name: "touch", Flow: "touch", EventType: "touch"})
			r.send(t, event("s1", "touch", `{"n": 1}`))
			meddled := false
			others := func() {
				meddled = true
				other.send(t, event("s1", "touch", `{"n": 2}`))
			}
			between.Store(&others)
			answer := r.send(t, event("s1", "go", ""))
			r.work(t)
			r.eventually(t, 1, storage.Events, `type = "raised" AND profile.id = "`+answer.Profile+`"`)
			var profile tracardi.Profile
			r.document(t, storage.Profiles, answer.Profile, &profile)
			all, _ := json.Marshal(profile.Traits)
			if string(all) != `{"other":2,"acts":1,"all":[2,1]}` || !meddled {
				t.Errorf("the profile has %s", all)
			}
			if n, _, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); string(n) != "1" {
				t.Errorf("%s acts, want 1", n)
			}
			if n := r.count(t, storage.Events, `type = "go"`); n != 1 {
				t.Errorf("%d events, want 1", n)
			}
		})
	}
}

// TestWaitsGoOnWithTheMergedProfile merges the profile into another one while its run waits.
func TestWaitsGoOnWithTheMergedProfile(t *testing.T) {
	for name, c := range map[string]struct {
		wait, came string
		listed     bool // the merge took over the list of what waits
	}{
		"for an event":           {wait: "1h", came: "late", listed: true},
		"for a time":             {wait: "1s", came: "error", listed: true},
		"for a time, in no list": {wait: "1s", came: "error"},
	} {
		t.Run(name, func(t *testing.T) {
			r := waitingRoad(t, c.wait)
			former := r.send(t, event("s1", "basket-updated", "")).Profile
			current := r.send(t, event("s2", "page-view", "")).Profile
			r.merge(t, former, current, c.listed)
			second := r.twin(t) // knows nothing of the profiles from before
			second.work(t)
			if c.wait == "1h" {
				second.send(t, event("s2", "order-completed", `{"order": "late"}`))
			}
			r.eventually(t, 1, storage.Profiles, `id = "`+current+`" AND traits.came = "`+c.came+`"`)
			r.eventually(t, 1, storage.Runs, `profile.id = "`+former+`" AND status != "waiting"`)
		})
	}
}

// merge stores what remains when a profile is merged into another one.
func (r *flowRoad) merge(t *testing.T, former, current string, listed bool) {
	t.Helper()
	docs, err := r.store.Read(t.Context(), tracardi.DefaultTenant, storage.Profiles, []string{former, current})
	must(t, err)
	var gone, stays tracardi.Profile
	must(t, json.Unmarshal(docs[0].Body, &gone))
	must(t, json.Unmarshal(docs[1].Body, &stays))
	stays.IDs = append(stays.IDs, gone.ID)
	if listed {
		stays.Metadata.System.Waiting = gone.Metadata.System.Waiting
	}
	stays.Metadata.Time.Update = time.Now().UTC()
	must(t, r.store.Commit(&storage.ChangeSet{Tenant: tracardi.DefaultTenant, Writes: []storage.Write{{
		Collection: storage.Profiles, Doc: storage.Doc{ID: current, Time: docs[1].Time, Version: docs[1].Version, Body: stays.AppendJSON(nil)},
	}}}).Wait(t.Context()))
	_, err = r.store.Delete(t.Context(), tracardi.DefaultTenant, storage.Profiles, []string{former})
	must(t, err)
}
