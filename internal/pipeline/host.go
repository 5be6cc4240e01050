package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/storage"
)

const maxHops = 8 // flows that may send each other events

// host is what the flows of one event run on: the work, and the world outside.
type host struct {
	*Work
	pipeline *Pipeline
	event    *tracardi.Event
	own      *person        // whose the event was before flows
	past     bool           // the event is stored already
	record   *[]flow.Change // not nil when the documents are not held: changes are written down, to be made later
}

// thing is an entity that a flow stores, or discards when it is nil.
type thing struct{ *node.Entity }

// data answers conditions outside of a run.
type data struct{ *host }

// Get implements expr.Data.
func (d data) Get(source string, path expr.Path) (any, bool) { return d.Look(source, path) }

// Event implements node.Run.
func (h *host) Event() *tracardi.Event { return h.event }

// Session implements node.Run.
func (h *host) Session() *tracardi.Session {
	if h.Work.Session == nil || h.Work.Session.ID == "" || !h.SaveSession && h.Payload.Session == "" {
		return nil
	}
	return h.Work.Session
}

// Profile implements node.Run.
func (h *host) Profile() *tracardi.Profile { return h.Work.Profile }

// Look implements node.Run.
func (h *host) Look(source string, path expr.Path) (any, bool) {
	switch source {
	case "event":
		return h.event.Get(path.Steps()...)
	case "profile":
		if h.Work.Profile != nil {
			return h.Work.Profile.Get(path.Steps()...)
		}
	case "session":
		if s := h.Session(); s != nil {
			return s.Get(path.Steps()...)
		}
	}
	return nil, false
}

// Change implements node.Run.
func (h *host) Change(source string, path expr.Path, value any) error {
	if h.record != nil {
		*h.record = append(*h.record, flow.Change{Source: source, Path: path.String(), Value: value})
	}
	if err := node.CheckChange(source, path, value); err != nil {
		return err
	}
	steps := path.Steps()
	switch source {
	case "profile":
		if h.Work.Profile == nil {
			return tracardi.InvalidField("profile", "the event has no profile")
		}
		return h.SetField(h.event, value, steps...)
	case "session":
		session := h.Session()
		if session == nil {
			return tracardi.InvalidField("session", "the event has no session")
		}
		h.sessionChanged = true
		return change(session, value, steps)
	}
	if h.past {
		h.warn(h.event, tracardi.Errorf(tracardi.Invalid, "the event is stored already: its change is seen by this run alone"))
	}
	return change(h.event, value, steps)
}

func change(document interface {
	Set(value any, path ...string) error
	Delete(path ...string) error
}, value any, steps []string,
) error {
	if value == nil {
		return document.Delete(steps...)
	}
	return document.Set(tracardi.Clone(value), steps...)
}

// Respond implements node.Run.
func (h *host) Respond(key string, value any) {
	h.response = flow.Over(h.response, map[string]any{key: value})
}

// Show implements node.Run.
func (h *host) Show(widget map[string]any) { h.shown = append(h.shown, tracardi.NewObject(widget)) }

// Raise implements node.Run.
func (h *host) Raise(e tracardi.NewEvent) {
	if h.Payload.Hops >= maxHops {
		h.event.Metadata.Error = true
		h.warn(h.event, tracardi.Errorf(tracardi.Invalid, "%d flows have sent each other events: the event %q is not sent", maxHops, e.Type))
		return
	}
	h.raised = append(h.raised, raised{e, h.person, h.visiting})
}

// Merge implements node.Run.
func (h *host) Merge(field string) {
	if h.Work.Profile != nil {
		markMerge(h.Work.Profile, field)
		h.ProfileChanged = true
	}
}

// KeepProfile implements node.Run.
func (h *host) KeepProfile(keep bool) { h.SaveProfile = keep && !h.Payload.Options.SkipProfile }

// KeepEvent implements node.Run.
func (h *host) KeepEvent(keep bool) { h.event.Dropped = !keep }

// Store implements node.Run.
func (h *host) Store(e node.Entity) { h.thing(e.ID, &e) }

// Discard implements node.Run.
func (h *host) Discard(id string) { h.thing(id, nil) }

func (h *host) thing(id string, e *node.Entity) {
	if h.things == nil {
		h.things = map[string]*thing{}
	}
	h.things[id] = &thing{e}
}

// Measure implements node.Run; the run itself keeps the numbers.
func (h *host) Measure(string, float64) {}

// Log implements node.Env; the run itself keeps the lines.
func (h *host) Log(slog.Level, string) {}

// Now implements node.Env.
func (h *host) Now() time.Time { return h.Work.Now }

// Client implements node.Env.
func (h *host) Client() *http.Client {
	if h.pipeline.options.Network == nil {
		return &http.Client{Transport: offline{}}
	}
	return h.pipeline.options.Network.Client()
}

// Dial implements node.Env.
func (h *host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if h.pipeline.options.Network == nil {
		return nil, errOffline
	}
	return h.pipeline.options.Network.Dial(ctx, network, address)
}

// offline answers calls where there is no network.
type offline struct{}

var errOffline = tracardi.Errorf(tracardi.Unavailable, "flows have no network here")

// RoundTrip implements http.RoundTripper.
func (offline) RoundTrip(*http.Request) (*http.Response, error) { return nil, errOffline }

// Resource implements node.Env.
func (h *host) Resource(ctx context.Context, id string, into any) error {
	if h.pipeline.options.Resource == nil {
		return tracardi.Errorf(tracardi.NotFound, "there is no resource %q", id)
	}
	return h.pipeline.options.Resource(ctx, h.Payload.Tenant, id, into)
}

// Values implements node.Env.
func (h *host) Values() node.Values {
	if h.pretended != nil {
		return h.pretended
	}
	return values{h.pipeline.options.Cache, h.Payload.Tenant}
}

// values are those of the cache.
type values struct {
	cache  storage.Cache
	tenant string
}

const valuesPrefix = "flow/" // keeps the keys of nodes apart from those of others

// Get implements node.Values.
func (v values) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return v.cache.Get(ctx, v.tenant, valuesPrefix+key)
}

// Set implements node.Values.
func (v values) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return v.cache.Set(ctx, v.tenant, valuesPrefix+key, value, ttl)
}

// Add implements node.Values.
func (v values) Add(ctx context.Context, key string, n int64, ttl time.Duration) (int64, error) {
	return v.cache.Add(ctx, v.tenant, valuesPrefix+key, n, ttl)
}

// Delete implements node.Values.
func (v values) Delete(ctx context.Context, keys ...string) error {
	prefixed := make([]string, len(keys))
	for i, key := range keys {
		prefixed[i] = valuesPrefix + key
	}
	return v.cache.Delete(ctx, v.tenant, prefixed...)
}

// Records implements node.Env.
func (h *host) Records() node.Records { return records{h.pipeline, h.Payload.Tenant} }

// records reads what is stored.
type records struct {
	p      *Pipeline
	tenant string
}

// readable are the collections that nodes may read.
var readable = []storage.Collection{storage.Events, storage.Sessions, storage.Profiles, storage.Entities}

func collection(name string) (storage.Collection, error) {
	if c := storage.Collection(name); slices.Contains(readable, c) {
		return c, nil
	}
	return "", tracardi.InvalidField("collection", "there is no collection %q for flows", name)
}

// Get implements node.Records.
func (r records) Get(ctx context.Context, name, id string) (map[string]any, error) {
	if name == "source" {
		return r.source(id)
	}
	c, err := collection(name)
	if err != nil {
		return nil, err
	}
	docs, err := r.p.options.Records.Read(ctx, r.tenant, c, []string{id})
	if err != nil || docs[0].Body == nil {
		return nil, err
	}
	return tree(docs[0].Body)
}

// source is an event source, without its key.
func (r records) source(id string) (map[string]any, error) {
	if r.p.options.Workspace == nil {
		return nil, nil
	}
	source := r.p.options.Workspace.Snapshot(r.tenant).Sources[id]
	if source == nil {
		return nil, nil
	}
	shown := *source
	shown.WriteKey = ""
	text, err := json.Marshal(shown)
	if err != nil {
		return nil, err
	}
	return tree(text)
}

func tree(body []byte) (map[string]any, error) {
	var decoded map[string]any
	if err := json.Unmarshal(body, &decoded); err != nil {
		return nil, fmt.Errorf("read a stored document: %w", err)
	}
	return decoded, nil
}

// Search implements node.Records.
func (r records) Search(ctx context.Context, name string, where *expr.Condition, limit int) ([]map[string]any, error) {
	c, err := collection(name)
	if err != nil {
		return nil, err
	}
	if c == storage.Profiles && where != nil {
		where = r.known(where)
	}
	page, err := r.p.options.Records.Search(ctx, r.tenant, c, storage.Query{Where: where, Limit: limit})
	if err != nil {
		return nil, err
	}
	found := make([]map[string]any, len(page.Docs))
	for i, doc := range page.Docs {
		if found[i], err = tree(doc.Body); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// known narrows a search for the value of a field that names a person to the profiles that are known by the id made of it: an index
// finds these, and nothing else has to be looked through.
func (r records) known(where *expr.Condition) *expr.Condition {
	leaf, single := where.Root().(*expr.Leaf)
	if !single {
		return where
	}
	field, values, ok := leaf.OneOf()
	if !ok || len(values) != 1 {
		return where
	}
	path := field.Path.String()
	if slices.ContainsFunc(storage.SchemaOf(storage.Profiles).Keys, func(key storage.KeyField) bool { return key.Path.String() == path }) {
		return where // it has an index of its own
	}
	value, _ := values[0].(string)
	id, named := r.p.options.Hasher.Hash(path, value)
	if !named {
		return where
	}
	return expr.All(expr.Holds(expr.MustPath("ids"), id), where)
}

// Count implements node.Records.
func (r records) Count(ctx context.Context, name string, where *expr.Condition) (int64, error) {
	c, err := collection(name)
	if err != nil {
		return 0, err
	}
	return r.p.options.Records.Count(ctx, r.tenant, c, storage.Query{Where: where})
}
