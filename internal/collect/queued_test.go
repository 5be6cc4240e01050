package collect_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

func (e *edge) depth() storage.Depth {
	e.t.Helper()
	depth, err := e.options.Queue.Depth(e.t.Context(), tracardi.DefaultTenant, collect.Topic)
	if err != nil {
		e.t.Fatal(err)
	}
	return depth
}

func (e *edge) workedOff() bool {
	depth := e.depth()
	return depth.Ready+depth.Delayed == 0
}

func TestQueued(t *testing.T) {
	e := newEdge(t, nil)
	known := e.taken(e.send("POST", "/track", payload("shop", "known", "")))
	for _, c := range []struct {
		name, path, body, session string
	}{
		{"a source", "/track", payload("later", "s1", ""), "s1"},
		{"an option", "/track", payload("shop", "known", `,"options":{"async":true}`), "known"},
		{"a webhook", "/collect/order-paid/later/s2", `{"n":1}`, "s2"},
		{"a webhook without a session", "/collect/order-sent/later", `{"n":2}`, ""},
		{"without its session", "/track", payload("later", "s3", `,"options":{"saveSession":false}`), ""},
	} {
		r := e.taken(e.send("POST", c.path, c.body))
		session := ""
		if r.Session.ID != nil {
			session = *r.Session.ID
		}
		if r.Task == "" || r.Profile.ID != nil || session != c.session {
			t.Errorf("%s: task %q, session %q, profile %v; want session %q and no profile", c.name, r.Task, session, r.Profile.ID, c.session)
		}
	}
	made := e.taken(e.send("POST", "/track", `{"source":{"id":"later"},"events":[{"type":"a"},{"type":"b"}]}`))
	if made.Session.ID == nil {
		t.Fatal("no session was made")
	}
	if depth := e.depth(); depth.Ready != 6 || depth.Dead != 0 {
		t.Errorf("the queue holds %+v, want 6", depth)
	}
	if events := e.found(storage.Events, `type = "order-paid"`); len(events) != 0 {
		t.Errorf("processed before its turn: %s", events)
	}
	// A restart between the promise and the work.
	e.stop()
	e.start(nil)
	stop := e.work()
	await(t, "the queue to be empty", e.workedOff)
	stop()
	e.event(`type = "order-paid" AND session.id = "s2" AND properties.n = 1`)
	e.event(`type = "order-sent" AND metadata.profile_less = true`)
	e.event(`type = "a" AND session.id = "` + *made.Session.ID + `"`)
	e.event(`type = "page-view" AND session.id = "s1"`)
	if events := e.found(storage.Events, `type = "page-view" AND profile.id = "`+*known.Profile.ID+`"`); len(events) != 2 {
		t.Errorf("the known visitor has %d page views, want 2: %s", len(events), events)
	}
	if depth := e.depth(); depth.Dead != 0 {
		t.Errorf("dead letters: %+v", depth)
	}
}

func TestQueuedOrder(t *testing.T) {
	e := newEdge(t, nil)
	for range 20 {
		e.taken(e.send("POST", "/track", `{"source":{"id":"later"},"session":{"id":"s"},"events":[{"type":"checkout-started","properties":{"value":3}}]}`))
	}
	stop := e.work()
	await(t, "the queue to be empty", e.workedOff)
	stop()
	profiles := e.found(storage.Profiles, "data.metrics.ltcosv = 60 AND data.metrics.ltcosc = 20")
	if len(profiles) != 1 {
		t.Errorf("20 payloads of one session left the profiles %s", e.found(storage.Profiles, ""))
	}
}

func TestDeadLetters(t *testing.T) {
	e := newEdge(t, nil)
	gone := tracardi.Source{ID: "gone", Types: []string{tracardi.SourceREST}, Enabled: true, Queued: true}
	e.put(gone)
	if err := e.options.Workspace.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.taken(e.send("POST", "/track", payload("gone", "s", "")))
	if err := workspace.Sources(e.config).Delete(t.Context(), tracardi.DefaultTenant, "gone"); err != nil {
		t.Fatal(err)
	}
	if err := e.options.Workspace.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"{", "[]", `{"Events": 7}`, ""} {
		if err := e.options.Queue.Publish(t.Context(), tracardi.DefaultTenant, storage.Message{Topic: collect.Topic, Key: "k", Body: []byte(broken)}); err != nil {
			t.Fatal(err)
		}
	}
	e.taken(e.send("POST", "/track", payload("later", "after", "")))
	stop := e.work()
	await(t, "the queue to be empty", e.workedOff)
	stop()
	e.event(`type = "page-view" AND session.id = "after"`)
	letters, err := e.options.Queue.DeadLetters(t.Context(), tracardi.DefaultTenant, collect.Topic, 10)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]int{}
	for _, letter := range letters {
		for _, reason := range []string{"is no payload", `no event source "gone"`} {
			if strings.Contains(letter.Reason, reason) {
				reasons[reason]++
			}
		}
	}
	if len(letters) != 5 || reasons["is no payload"] != 4 || reasons[`no event source "gone"`] != 1 {
		t.Errorf("dead letters %+v", letters)
	}
	// The source comes back, and what was promised is kept.
	e.put(gone)
	if err := e.options.Workspace.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.options.Queue.Replay(t.Context(), tracardi.DefaultTenant, collect.Topic); err != nil {
		t.Fatal(err)
	}
	stop = e.work()
	await(t, "the queue to be empty", e.workedOff)
	stop()
	e.event(`type = "page-view" AND session.id = "s"`)
}

// TestQueuedWaitsForAStoreThatIsAway delivers a payload again until the store takes it.
func TestQueuedWaitsForAStoreThatIsAway(t *testing.T) {
	failures := make(chan error, 3)
	for range cap(failures) {
		failures <- &tracardi.Error{Kind: tracardi.Unavailable, Message: "the store is away"}
	}
	e := newEdge(t, func(o *collect.Options) {
		process := o.Process
		o.Process = func(ctx context.Context, p *tracardi.Payload, s *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
			select {
			case err := <-failures:
				return nil, err
			default:
				return process(ctx, p, s, done)
			}
		}
	})
	e.taken(e.send("POST", "/track", payload("later", "s", "")))
	stop := e.work()
	await(t, "the queue to be empty", e.workedOff)
	stop()
	e.event(`type = "page-view" AND session.id = "s"`)
	if depth := e.depth(); depth.Dead != 0 || len(failures) != 0 {
		t.Errorf("queue %+v, %d failures left", depth, len(failures))
	}
}
