package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/flow/flowtest"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/sqlite"

	_ "github.com/tracardi/tracardi-go/nodes/consent"
	_ "github.com/tracardi/tracardi-go/nodes/control"
	_ "github.com/tracardi/tracardi-go/nodes/data"
	_ "github.com/tracardi/tracardi-go/nodes/profile"
	_ "github.com/tracardi/tracardi-go/nodes/segment"
)

// flowRoad is a pipeline with flows, all parts as in the program, and a clock that the test turns.
type flowRoad struct {
	*road
	config    storage.Config
	workspace *workspace.Workspace
	cache     storage.Cache
	ahead     atomic.Int64 // of the machine's clock, in nanoseconds
}

func newFlowRoad(t testing.TB) *flowRoad {
	t.Helper()
	r := &flowRoad{road: newRoad(t), cache: memory.NewCache(1 << 20)}
	config, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "config.db"))
	must(t, err)
	r.config = config
	t.Cleanup(func() {
		must(t, config.Close())
		must(t, r.cache.Close())
	})
	log := slog.New(slog.DiscardHandler)
	r.workspace, err = workspace.Open(t.Context(), config, log)
	must(t, err)
	locks := memory.NewLocks()
	t.Cleanup(func() { must(t, locks.Close()) })
	r.Pipeline = pipeline.New(pipeline.Options{
		Records: r.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "test", Log: log,
		Now:       func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
		Workspace: r.workspace, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
	})
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// work runs the workers until the test ends.
func (r *flowRoad) work(t testing.TB) {
	t.Helper()
	collector := collect.New(collect.Options{Workspace: r.workspace, Process: r.Process, Queue: r.store.Queue(), Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- collector.Work(ctx, 2) }()
	go func() { done <- r.WorkFlows(ctx, 2) }()
	t.Cleanup(func() {
		stop()
		must(t, <-done)
		must(t, <-done)
	})
}

var versions atomic.Int64

// publish makes a drawing the live version of a flow.
func (r *flowRoad) publish(t testing.TB, id, drawing string) {
	t.Helper()
	version := versions.Add(1)
	_, err := workspace.FlowVersions(r.config, id).Put(t.Context(), tracardi.DefaultTenant, workspace.Entry[workspace.FlowVersion]{
		ID: workspace.VersionID(version), Value: workspace.FlowVersion{Number: version, Name: id, Graph: *flowtest.Draw(t, drawing)},
	})
	must(t, err)
	live, old := workspace.LiveFlows(r.config), int64(0)
	if entry, err := live.Get(t.Context(), tracardi.DefaultTenant, id); err == nil {
		old = entry.Version
	}
	_, err = live.Put(t.Context(), tracardi.DefaultTenant, workspace.Entry[workspace.LiveFlow]{ID: id, Value: workspace.LiveFlow{Version: version}, Version: old})
	must(t, err)
	must(t, r.workspace.Refresh(t.Context()))
}

// on adds a trigger.
func (r *flowRoad) on(t testing.TB, trigger workspace.Trigger) {
	t.Helper()
	trigger.ID, trigger.Enabled = uuid.NewString(), true
	must(t, trigger.Check())
	_, err := workspace.Triggers(r.config).Put(t.Context(), tracardi.DefaultTenant, workspace.Entry[workspace.Trigger]{ID: trigger.ID, Name: trigger.Name, Value: trigger})
	must(t, err)
	must(t, r.workspace.Refresh(t.Context()))
}

func (r *flowRoad) find(t testing.TB, c storage.Collection, query string) []map[string]any {
	t.Helper()
	where, err := expr.ParseSearch(query, string(c))
	must(t, err)
	page, err := r.store.Search(t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where, Limit: 1000})
	must(t, err)
	found := make([]map[string]any, len(page.Docs))
	for i, doc := range page.Docs {
		must(t, json.Unmarshal(doc.Body, &found[i]))
	}
	return found
}

// eventually waits until a search finds as many documents.
func (r *flowRoad) eventually(t testing.TB, n int, c storage.Collection, query string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		if found = r.find(t, c, query); len(found) == n {
			return found
		}
	}
	t.Fatalf("%d of %s are %s, want %d: %v", len(found), c, query, n, found)
	return nil
}

func event(session, name, properties string) string {
	if properties == "" {
		properties = "{}"
	}
	return fmt.Sprintf(`{"source":{"id":"shop"},"session":{"id":%q},"events":[{"type":%q,"properties":%s}]}`, session, name, properties)
}

func TestFlowsSeeEachOthersChanges(t *testing.T) {
	r := newFlowRoad(t)
	const add = `
		s control.start
		a try.change {"set": {"profile@traits.order": ["profile@traits.order", "%s"], "session@traits.seen": "%s", "event@properties.by": "%s"}}
		b try.answer {"key": "%s", "value": {"order": "profile@traits.order", "by": "event@properties.by"}}
		s.payload -> a
		a.payload -> b
		a.error -> b`
	for _, name := range []string{"first", "second", "third"} {
		r.publish(t, name, strings.ReplaceAll(add, "%s", name))
	}
	r.publish(t, "init", "s control.start\na try.change {\"set\": {\"profile@traits.order\": \"begin\"}}\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "a", Flow: "third", EventType: "page-view", Priority: 1})
	r.on(t, workspace.Trigger{Name: "c", Flow: "second", Source: "shop"})
	r.on(t, workspace.Trigger{Name: "b", Flow: "first", EventType: "page-view", Condition: `event@properties.n = 1 AND profile@traits.order EXISTS`})
	r.on(t, workspace.Trigger{Name: "a", Flow: "init", EventType: "page-view", Condition: `session@id EXISTS`})
	r.on(t, workspace.Trigger{Name: "other type", Flow: "third", EventType: "other"})
	r.on(t, workspace.Trigger{Name: "other source", Flow: "third", Source: "elsewhere", Priority: -1})
	answer := r.send(t, event("s1", "page-view", `{"n":1}`))
	got := string(answer.Response.AppendJSON(nil))
	want := `{"first":{"by":"first","order":["begin","first"]},"second":{"by":"second","order":[["begin","first"],"second"]},` +
		`"third":{"by":"third","order":[[["begin","first"],"second"],"third"]}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	if len(answer.UX) != 3 {
		t.Errorf("%d widgets, want 3", len(answer.UX))
	}
	var profile tracardi.Profile
	r.document(t, storage.Profiles, answer.Profile, &profile)
	stored := r.find(t, storage.Events, `type = "page-view"`)[0]
	if profile.Metadata.Fields["traits.order"].Event != stored["id"] {
		t.Errorf("the profile does not say where the value is from: %v", profile.Metadata.Fields)
	}
	if got := dig(stored, "metadata", "processed_by", "flows"); fmt.Sprint(got) != "[init first second third]" {
		t.Errorf("processed by %v", got)
	}
	if dig(stored, "metadata", "status") != "processed" || dig(stored, "properties", "by") != "third" {
		t.Errorf("event %v", stored)
	}
	if got := dig(r.find(t, storage.Sessions, "")[0], "traits", "seen"); got != "third" {
		t.Errorf("session trait %v", got)
	}
	r.send(t, event("s1", "page-view", `{"n":2}`))
	if n := r.count(t, storage.Runs, `flow.id = "second" AND status = "done"`); n != 2 {
		t.Errorf("%d traces of the second flow, want 2", n)
	}
}

func dig(doc map[string]any, path ...string) any {
	value, _ := tracardi.Dig(doc, path...)
	return value
}

func TestFailuresShow(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", "s control.start\na try.break\nb try.answer {\"key\": \"went on\", \"value\": 1, \"log\": \"look\"}\ns.payload -> a\ns.payload -> b")
	r.publish(t, "after", "s control.start\nb try.answer {\"key\": \"after\", \"value\": 2}\ns.payload -> b")
	r.publish(t, "not", "s control.start\nb try.answer {\"key\": \"not\", \"value\": 2}\ns.payload -> b")
	r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "page-view"})
	r.on(t, workspace.Trigger{Name: "a", Flow: "after", After: &workspace.After{Flow: "f", Failed: true}})
	r.on(t, workspace.Trigger{Name: "n", Flow: "not", After: &workspace.After{Flow: "f"}})
	answer := r.send(t, event("s1", "page-view", ""))
	if got := string(answer.Response.AppendJSON(nil)); got != `{"after":2,"went on":1}` {
		t.Errorf("response %s", got)
	}
	stored := r.find(t, storage.Events, `type = "page-view"`)[0]
	if dig(stored, "metadata", "error") != true || dig(stored, "metadata", "warning") != true {
		t.Errorf("the event does not show it: %v", stored["metadata"])
	}
	run := r.find(t, storage.Runs, `status = "failed"`)[0]
	if run["broken"] != "a" || !strings.Contains(run["failure"].(string), "the node broke") || !strings.Contains(run["trace"].(string), `"node":"b"`) {
		t.Errorf("run %v", run)
	}
	if n := r.count(t, storage.Logs, `level = "error" AND node_id = "a" AND flow_id = "f"`); n != 1 {
		t.Errorf("%d lines in the log, want 1", n)
	}
	if n := r.Counts.NodesFail.Load(); n != 1 {
		t.Errorf("%d failures counted, want 1", n)
	}
	must(t, r.FlushTallies(t.Context()))
	must(t, r.FlushTallies(t.Context()))
	tally := r.find(t, storage.Tallies, `flow.id = "f"`)[0]
	if dig(tally, "nodes", "a", "failed") != 1.0 || dig(tally, "edges", "e2") != 1.0 || tally["runs"] != 1.0 {
		t.Errorf("tally %v", tally)
	}
}

// TestSampleOfRuns: of runs that do nothing special the first twenty are kept, of those that fail all.
func TestSampleOfRuns(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", "s control.start\na control.if {\"condition\": \"event@properties.bad = 1\"}\nb try.fail\ns.payload -> a\na.true -> b")
	r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go"})
	for range 25 {
		r.send(t, event("s1", "go", ""))
	}
	for range 25 {
		r.send(t, event("s1", "go", `{"bad": 1}`))
	}
	if n := r.count(t, storage.Runs, `status = "done"`); n < 20 || n > 24 { // one more each ten seconds
		t.Errorf("%d runs that did nothing special are kept, want twenty or a little more", n)
	}
	if n := r.count(t, storage.Runs, `status = "failed" AND broken = "b"`); n != 25 {
		t.Errorf("%d failures are kept, want 25", n)
	}
}

// TestSystemEventsTriggerFlows has a flow run for an event that nobody sent.
func TestSystemEventsTriggerFlows(t *testing.T) {
	r := newFlowRoad(t)
	locks := memory.NewLocks()
	t.Cleanup(func() { must(t, locks.Close()) })
	r.Pipeline = pipeline.New(pipeline.Options{
		Records: r.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), SystemEvents: true, Instance: "test",
		Log: slog.New(slog.DiscardHandler), Workspace: r.workspace, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
	})
	r.publish(t, "welcome", "s control.start\na try.change {\"set\": {\"profile@traits.welcomed\": \"event@type\"}}\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "t", Flow: "welcome", EventType: "profile-created"})
	r.send(t, event("s1", "page-view", ""))
	r.send(t, event("s1", "page-view", ""))
	if n := r.count(t, storage.Profiles, `traits.welcomed = "profile-created"`); n != 1 {
		t.Errorf("profiles %v", r.find(t, storage.Profiles, ""))
	}
	if n := r.count(t, storage.Runs, `flow.id = "welcome"`); n != 1 {
		t.Errorf("%d runs, want 1", n)
	}
}

func TestWhatFlowsKeep(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "things", `
		s control.start
		a try.answer {"entity": "product:1", "value": "payload@n"}
		b try.answer {"gone": "product:2"}
		c try.answer {"merge": "data.contact.email.main"}
		p try.put {"name": "n", "value": "event@properties.n"}
		s.payload -> p
		p.payload -> a
		p.payload -> c`)
	r.publish(t, "gone", "s control.start\na try.answer {\"gone\": \"product:1\"}\ns.payload -> a")
	r.publish(t, "no event", "s control.start\na try.answer {\"unkept\": \"event\"}\ns.payload -> a")
	r.publish(t, "no profile", "s control.start\na try.change {\"set\": {\"profile@traits.a\": 1}}\nb try.answer {\"unkept\": \"profile\"}\ns.payload -> a\na.payload -> b")
	for flow, on := range map[string]string{"things": "store", "gone": "discard", "no event": "drop", "no profile": "forget"} {
		r.on(t, workspace.Trigger{Name: flow, Flow: flow, EventType: on})
	}
	answer := r.send(t, event("s1", "store", `{"n":1}`))
	r.send(t, event("s1", "store", `{"n":2}`))
	things := r.find(t, storage.Entities, `type = "product" AND profile.id = "`+answer.Profile+`"`)
	if len(things) != 1 || dig(things[0], "properties", "value") != 2.0 {
		t.Errorf("entities %v", things)
	}
	profile := r.find(t, storage.Profiles, "")[0]
	if got := fmt.Sprint(dig(profile, "metadata", "system", "aux", "auto_merge")); got != "[data.contact.email.main]" {
		t.Errorf("to merge by: %s", got)
	}
	r.send(t, event("s1", "discard", ""))
	r.send(t, event("s1", "drop", ""))
	r.send(t, event("s1", "forget", ""))
	r.send(t, event("s2", "forget", ""))
	for query, want := range map[string]int64{`type = "discard"`: 1, `type = "drop"`: 0, `type = "forget"`: 2} {
		if n := r.count(t, storage.Events, query); n != want {
			t.Errorf("%d events with %s, want %d", n, query, want)
		}
	}
	if n := r.count(t, storage.Entities, ""); n != 0 {
		t.Errorf("%d entities, want none", n)
	}
	if profiles := r.find(t, storage.Profiles, ""); len(profiles) != 1 || dig(profiles[0], "traits", "a") != nil {
		t.Errorf("profiles %v", profiles)
	}
}

func TestRaisedEventsEnd(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", "s control.start\na try.raise {\"type\": \"ping\"}\ns.payload -> a")
	r.on(t, workspace.Trigger{Name: "t", Flow: "f"})
	r.work(t)
	answer := r.send(t, event("s1", "page-view", ""))
	events := r.eventually(t, 8, storage.Events, `type = "ping" AND profile.id = "`+answer.Profile+`" AND session.id = "s1"`)
	r.eventually(t, 1, storage.Events, `metadata.error = true`)
	if dig(events[0], "properties", "raised") != true {
		t.Errorf("event %v", events[0])
	}
}

func TestBackgroundAndConflicts(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "f", `
		s control.start
		p try.put {"name": "failures", "value": 2}
		a try.later {} !{"retry": {"times": 3, "wait": 0.01}}
		c try.change {"set": {"profile@traits.acts": "payload@acts"}} !{"background": true}
		d try.change {"set": {"profile@traits.copy": "profile@traits.acts"}}
		s.payload -> p
		p.payload -> a
		a.payload -> c
		c.payload -> d`)
	r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go"})
	r.work(t)
	answer := r.send(t, event("s1", "go", ""))
	r.eventually(t, 1, storage.Runs, `status = "done" AND profile.id = "`+answer.Profile+`"`)
	profile := r.find(t, storage.Profiles, "")[0]
	if got := dig(profile, "traits", "copy"); got != 3.0 {
		t.Errorf("profile %v, want 3 acts", profile["traits"])
	}
	if n, _, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); string(n) != "3" {
		t.Errorf("%s acts, want 3", n)
	}
}

func TestFlowsChangeWhatTheirNodesNeed(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "all", `
		s control.start
		a profile.save-integration-id {"name": "My Shop", "id": "5"}
		b segment.force
		c segment.add {"segment": "buyers"}
		d consent.add {"consents": {"mail": true}}
		s.payload -> a
		a.payload -> b
		b.payload -> c
		c.payload -> d`)
	r.on(t, workspace.Trigger{Name: "all", Flow: "all", EventType: "go"})
	r.send(t, event("s1", "go", ""))
	if n := r.count(t, storage.Profiles, `metadata.system.integrations.my-shop.id = "5" AND segments CONTAINS "buyers" AND consents.mail EXISTS`); n != 1 {
		t.Errorf("%d profiles, want 1: %v", n, r.find(t, storage.Profiles, ""))
	}
}
