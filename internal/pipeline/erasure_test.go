package pipeline_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// erasingRoad is two processes on one store, each with a cache of its own.
type erasingRoad struct {
	*flowRoad
	other     *pipeline.Pipeline
	otherSees *workspace.Workspace
}

func newErasingRoad(t *testing.T) *erasingRoad {
	r := &erasingRoad{flowRoad: newFlowRoad(t)}
	var err error
	r.otherSees, err = workspace.Open(t.Context(), r.config, slog.New(slog.DiscardHandler))
	must(t, err)
	open := func(ws *workspace.Workspace) *pipeline.Pipeline {
		locks := memory.NewLocks()
		t.Cleanup(func() { must(t, locks.Close()) })
		return pipeline.New(pipeline.Options{
			Records: r.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "test",
			Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
			Workspace: ws, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
			Topics: []string{collect.Topic, collect.UnreadTopic, pipeline.FlowTopic},
		})
	}
	r.Pipeline, r.other = open(r.workspace), open(r.otherSees)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.WorkErasures(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-done)
	})
	return r
}

// visit processes a payload with one event, of this moment unless change says something else.
func (r *erasingRoad) visit(t *testing.T, by *pipeline.Pipeline, session, profile string, change func(*tracardi.Payload, *tracardi.Source)) string {
	t.Helper()
	payload := &tracardi.Payload{
		Tenant: tracardi.DefaultTenant, ID: uuid.NewString(), Way: tracardi.SourceREST, Source: tracardi.Ref{ID: "shop"},
		Session: session, Profile: profile, Received: time.Now().Add(time.Duration(r.ahead.Load())),
		Events: []tracardi.NewEvent{{Type: "page-view"}},
	}
	source := r.source
	if change != nil {
		change(payload, &source)
	}
	answer, err := by.Process(t.Context(), payload, &source, nil)
	must(t, err)
	return answer.Profile
}

// erase erases somebody and returns the receipt.
func (r *erasingRoad) erase(t *testing.T, id string) *pipeline.Erasure {
	t.Helper()
	e, err := r.EraseProfile(t.Context(), tracardi.DefaultTenant, id, "somebody")
	must(t, err)
	awaitThat(t, "the erasure", func() bool {
		now, err := r.Erasure(t.Context(), tracardi.DefaultTenant, e.ID)
		must(t, err)
		if e.Marked.IsZero() && !now.Marked.IsZero() {
			r.ahead.Add(int64(10 * time.Second))
			must(t, r.otherSees.Refresh(t.Context())) // as it does by itself all the time
		}
		e = now
		return e.Status == pipeline.ErasureDone
	})
	if e.IDs != nil || e.Batch != nil || e.Removed["profile"] != 1 {
		t.Errorf("the receipt is %+v", e)
	}
	return e
}

func awaitThat(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(time.Minute); !holds(); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

// TestNobodyComesBack has everything that knows an erased person from before come again, to two processes.
func TestNobodyComesBack(t *testing.T) {
	r := newErasingRoad(t)
	r.source.StaticIDs = true
	begun := time.Now()
	bob := r.visit(t, r.Pipeline, "bobs", "bob", nil)
	ann := r.visit(t, r.Pipeline, "s1", "ann", nil)
	kept := func(p *tracardi.Payload, _ *tracardi.Source) { p.Options.SkipSession = true } // changes no document that the other process has
	if same := r.visit(t, r.other, "s1", "ann", kept); same != "ann" || ann != "ann" || bob != "bob" {
		t.Fatalf("the profiles are %s, %s and %s", ann, same, bob)
	}
	event, err := json.Marshal(map[string]any{"run": "r", "event": map[string]any{"session": map[string]any{"id": "s1"}, "profile": map[string]any{"id": "ann"}}})
	must(t, err)
	r.bury(t, pipeline.FlowTopic, event, []byte(`{"run":"r"}`))
	r.bury(t, collect.UnreadTopic, []byte(`{"source":"shop","text":"{\"who\":\"ann\""}`), []byte(`{"source":"shop","text":"annex, bann"}`))
	first := r.erase(t, "ann")
	if first.Removed["session"] != 1 || first.Removed["event"] != 2 || first.Removed["dead_letter"] != 2 {
		t.Errorf("removed are %v", first.Removed)
	}
	for name, change := range map[string]func(*tracardi.Payload, *tracardi.Source){
		"received before": func(p *tracardi.Payload, _ *tracardi.Source) { p.Received = begun },
		"happened before": func(p *tracardi.Payload, _ *tracardi.Source) { p.Events[0].Insert = begun },
		"made before":     func(p *tracardi.Payload, _ *tracardi.Source) { p.Events[0].Create = begun },
		"of a flow":       func(p *tracardi.Payload, _ *tracardi.Source) { p.Way = tracardi.SourceInternal },
		"by account": func(p *tracardi.Payload, _ *tracardi.Source) {
			p.Known, p.Profile, p.Received = []string{"ann"}, "", begun
		},
		"passed on":   func(p *tracardi.Payload, _ *tracardi.Source) { p.Referred, p.Profile, p.Received = "ann", "", begun },
		"a new visit": func(p *tracardi.Payload, _ *tracardi.Source) { p.Session, p.Received = "s2", begun },
	} {
		if id := r.visit(t, r.Pipeline, "s1", "ann", change); id != "" {
			t.Errorf("%s: the payload is taken for %s", name, id)
		}
	}
	if n := r.count(t, storage.Events, ""); n != 1 {
		t.Errorf("%d events are stored, want bob's", n)
	}
	stranger := r.visit(t, r.other, "s1", "ann", kept)
	if again := r.visit(t, r.Pipeline, "s1", "ann", nil); again != stranger || stranger == "ann" || stranger == "" {
		t.Errorf("who comes again is %s, then %s", stranger, again)
	}
	if _, err := r.EraseProfile(t.Context(), tracardi.DefaultTenant, "nobody", "somebody"); tracardi.KindOf(err) != tracardi.NotFound {
		t.Errorf("erasing nobody: %v", err)
	}
	if again, err := r.EraseProfile(t.Context(), tracardi.DefaultTenant, "ann", "another"); err != nil || again.ID != first.ID || again.By != "somebody" {
		t.Errorf("erased twice: %+v, %v", again, err)
	}
	r.erase(t, stranger)
	if third := r.visit(t, r.other, "s1", "ann", nil); third == "ann" || third == stranger || third == "" {
		t.Errorf("erased twice, who comes again is %q", third)
	}
	if id := r.visit(t, r.other, "bobs", "bob", nil); id != "bob" {
		t.Errorf("bob is %s now", id)
	}
}

// bury puts messages aside.
func (r *erasingRoad) bury(t *testing.T, topic string, bodies ...[]byte) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	for _, body := range bodies {
		must(t, r.store.Queue().Publish(ctx, tracardi.DefaultTenant, storage.Message{Topic: topic, Body: body}))
	}
	done := make(chan error, 1)
	go func() {
		done <- r.store.Queue().Consume(ctx, topic, storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict { return storage.Dead("test") })
	}()
	awaitThat(t, "the messages to be put aside", func() bool {
		d, err := r.store.Queue().Depth(ctx, tracardi.DefaultTenant, topic)
		must(t, err)
		return d.Dead == int64(len(bodies))
	})
	stop()
	must(t, <-done)
}
