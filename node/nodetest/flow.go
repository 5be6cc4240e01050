// Package nodetest helps authors of nodes to test them: it runs the examples of a node's description, and stands for the flow
// around a node in tests of its own.
package nodetest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

// Now is the time in tests: a Monday.
var Now = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)

// Flow stands for a running flow. It keeps what the node says for the test to look at.
type Flow struct {
	Time      time.Time
	Documents expr.Objects // event, profile (missing for none), session, flow, memory
	HTTP      *http.Client
	Resources map[string]any // id → settings
	Shared    Memory
	Stock     Stock

	Logged    []string // such as "WARN text"
	Responses map[string]any
	Shown     []map[string]any
	Raised    []tracardi.NewEvent
	Merged    []string
	Entities  []node.Entity
	Discarded []string
	Measures  map[string]float64
	Unkept    []string // "profile", "event"

	mu sync.Mutex
}

// NewFlow makes a flow for an ordinary page view of an ordinary person.
func NewFlow() *Flow {
	return &Flow{
		Time: Now, Shared: Memory{}, Responses: map[string]any{}, Measures: map[string]float64{}, Resources: map[string]any{},
		HTTP: &http.Client{Timeout: 10 * time.Second},
		Documents: expr.Objects{
			"event":   object(ordinaryEvent),
			"profile": object(ordinaryProfile),
			"session": object(ordinarySession),
			"flow":    object(`{"id": "flow-1", "name": "Test"}`),
			"memory":  map[string]any{},
		},
	}
}

const (
	ordinaryEvent = `{"id": "event-1", "name": "Page View", "type": "page-view", "source": {"id": "shop"}, "session": {"id": "session-1"},
		"profile": {"id": "profile-1"}, "metadata": {"time": {"insert": "2026-03-02T10:29:59.000000Z"}, "valid": true}}`
	ordinaryProfile = `{"id": "profile-1", "ids": ["profile-1"], "active": true,
		"metadata": {"time": {"insert": "2026-02-02T10:30:00.000000Z", "visit": {"last": "2026-03-01T09:00:00.000000Z", "current": "2026-03-02T10:00:00.000000Z", "count": 2}}},
		"stats": {"visits": 2}}`
	ordinarySession = `{"id": "session-1", "metadata": {"time": {"insert": "2026-03-02T10:00:00.000000Z", "duration": 1800}, "status": "active"}, "profile": {"id": "profile-1"}}`
)

func object(text string) map[string]any {
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return tree
}

// Over puts fields over a document; "null" takes the document away.
func (f *Flow) Over(t *testing.T, source, fields string) {
	t.Helper()
	if fields == "" {
		return
	}
	if fields == "null" {
		delete(f.Documents, source)
		return
	}
	var tree map[string]any
	if err := json.Unmarshal([]byte(fields), &tree); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	f.Documents[source] = merge(f.Documents[source], tree)
}

func merge(into any, tree map[string]any) map[string]any {
	merged, _ := into.(map[string]any)
	merged = maps.Clone(merged)
	if merged == nil {
		merged = map[string]any{}
	}
	for name, value := range tree {
		if inner, ok := value.(map[string]any); ok {
			value = merge(merged[name], inner)
		}
		merged[name] = value
	}
	return merged
}

// Input is a payload that arrives at a port of the node; empty for the payload {}.
func (f *Flow) Input(t *testing.T, port, payload string) *node.Input {
	t.Helper()
	in := &node.Input{Port: port, Run: f}
	if payload == "" {
		payload = "{}"
	}
	if err := json.Unmarshal([]byte(payload), &in.Payload); err != nil {
		t.Fatalf("payload: %v", err)
	}
	return in
}

// Event implements node.Run.
func (f *Flow) Event() *tracardi.Event { return typed[tracardi.Event](f, "event") }

// Session implements node.Run.
func (f *Flow) Session() *tracardi.Session {
	session := typed[tracardi.Session](f, "session")
	if session != nil {
		session.New = f.isNew("session")
	}
	return session
}

// Profile implements node.Run.
func (f *Flow) Profile() *tracardi.Profile {
	profile := typed[tracardi.Profile](f, "profile")
	if profile != nil {
		profile.New = f.isNew("profile")
	}
	return profile
}

// isNew tells whether an example says {"new": true} of a document.
func (f *Flow) isNew(source string) bool {
	isNew, _ := f.Look(source, expr.MustPath("new"))
	return isNew == true
}

func typed[T any](f *Flow, source string) *T {
	f.mu.Lock()
	defer f.mu.Unlock()
	document, ok := f.Documents[source]
	if !ok {
		return nil
	}
	text, err := json.Marshal(document)
	if err != nil {
		panic(err) // it came from JSON
	}
	value := new(T)
	if err := json.Unmarshal(text, value); err != nil {
		panic(err)
	}
	return value
}

// Look implements node.Run.
func (f *Flow) Look(source string, path expr.Path) (any, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Documents.Get(source, path)
}

// Change implements node.Run.
func (f *Flow) Change(source string, path expr.Path, value any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if source != "memory" {
		if err := node.CheckChange(source, path, value); err != nil {
			return err
		}
	}
	if _, ok := f.Documents[source]; !ok {
		return tracardi.InvalidField(source, "the event has no %s", source)
	}
	if value == nil {
		return f.Documents.Delete(source, path)
	}
	text, err := json.Marshal(value) // as it will be stored
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err == nil {
		err = fits(source, path, value)
	}
	if err != nil {
		return err
	}
	return f.Documents.Set(source, path, value)
}

// fits tells whether there is a place for the value in such a document.
func fits(source string, path expr.Path, value any) error {
	switch source {
	case "event":
		return new(tracardi.Event).Set(value, path.Steps()...)
	case "profile":
		return new(tracardi.Profile).Set(value, path.Steps()...)
	case "session":
		return new(tracardi.Session).Set(value, path.Steps()...)
	}
	return nil
}

// Become implements node.Run. Who is in the Stock is known.
func (f *Flow) Become(ctx context.Context, id string) error {
	profile := map[string]any{"id": "profile-new", "ids": []any{"profile-new"}, "active": true, "new": true}
	if id != "" {
		known, err := f.Stock.Get(ctx, "profile", id)
		if err != nil {
			return err
		}
		if known == nil {
			return tracardi.Errorf(tracardi.NotFound, "there is no profile %q", id)
		}
		profile = known
	}
	f.note(func() {
		f.Documents["profile"] = profile
		f.Documents["event"] = merge(f.Documents["event"], map[string]any{"profile": map[string]any{"id": profile["id"]}})
	})
	return nil
}

// BeginSession implements node.Run.
func (f *Flow) BeginSession() error {
	f.note(func() {
		session := map[string]any{"id": "session-new", "new": true}
		if profile, ok := f.Documents["profile"].(map[string]any); ok {
			session["profile"] = map[string]any{"id": profile["id"]}
		}
		f.Documents["session"] = session
		f.Documents["event"] = merge(f.Documents["event"], map[string]any{"session": map[string]any{"id": session["id"]}})
	})
	return nil
}

// Respond implements node.Run.
func (f *Flow) Respond(key string, value any) { f.note(func() { f.Responses[key] = value }) }

// Show implements node.Run.
func (f *Flow) Show(widget map[string]any) { f.note(func() { f.Shown = append(f.Shown, widget) }) }

// Raise implements node.Run.
func (f *Flow) Raise(e tracardi.NewEvent) { f.note(func() { f.Raised = append(f.Raised, e) }) }

// Merge implements node.Run.
func (f *Flow) Merge(field string) { f.note(func() { f.Merged = append(f.Merged, field) }) }

// KeepProfile implements node.Run.
func (f *Flow) KeepProfile(keep bool) { f.keep("profile", keep) }

// KeepEvent implements node.Run.
func (f *Flow) KeepEvent(keep bool) { f.keep("event", keep) }

func (f *Flow) keep(what string, keep bool) {
	f.note(func() {
		f.Unkept = slices.DeleteFunc(f.Unkept, func(s string) bool { return s == what })
		if !keep {
			f.Unkept = append(f.Unkept, what)
		}
	})
}

// Store implements node.Run.
func (f *Flow) Store(e node.Entity) { f.note(func() { f.Entities = append(f.Entities, e) }) }

// Discard implements node.Run.
func (f *Flow) Discard(id string) { f.note(func() { f.Discarded = append(f.Discarded, id) }) }

// Measure implements node.Run.
func (f *Flow) Measure(name string, by float64) { f.note(func() { f.Measures[name] += by }) }

// Now implements node.Env.
func (f *Flow) Now() time.Time { return f.Time }

// Log implements node.Env.
func (f *Flow) Log(level slog.Level, message string) {
	f.note(func() { f.Logged = append(f.Logged, strings.Join([]string{level.String(), message}, " ")) })
}

// Client implements node.Env. In tests it may call this machine.
func (f *Flow) Client() *http.Client { return f.HTTP }

// Dial implements node.Env.
func (f *Flow) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// Resource implements node.Env.
func (f *Flow) Resource(_ context.Context, id string, into any) error {
	settings, ok := f.Resources[id]
	if !ok {
		return tracardi.Errorf(tracardi.NotFound, "there is no resource %q", id)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// Values implements node.Env.
func (f *Flow) Values() node.Values { return &values{f} }

// Records implements node.Env.
func (f *Flow) Records() node.Records { return f.Stock }

func (f *Flow) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}
