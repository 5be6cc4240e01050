package collect

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
)

// Process takes a payload through the pipeline; done is the queue's message that brought it, if one did.
type Process func(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error)

// Options are what a collector works with.
type Options struct {
	Workspace *workspace.Workspace
	Process   Process
	Queue     storage.Queue
	Limits    Limits
	InFlight  int   // requests at once; more get a 503. 0 means 2048
	Memory    int64 // bytes that the large bodies of all requests may take together; more get a 503. 0 means 64 MB
	Log       *slog.Logger
}

// Collector takes events in over HTTP.
type Collector struct {
	options Options
	limits  *limiters
	busy    chan struct{}
	room    room
	zstd    *zstd.Decoder
	Counts  Counts
}

// Counts are what a collector has seen since its start.
type Counts struct {
	Payloads atomic.Int64 // taken in
	Events   atomic.Int64 // of these payloads
	Refused  atomic.Int64 // answered with a 4xx
	Failed   atomic.Int64 // answered with a 5xx
}

// New makes a collector.
func New(o Options) *Collector {
	if o.InFlight == 0 {
		o.InFlight = 2048
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	c := &Collector{options: o, limits: newLimiters(), busy: make(chan struct{}, o.InFlight), zstd: newZstd(o.Limits.Plain)}
	c.room.left.Store(max(cmp.Or(o.Memory, 64<<20), 4*o.Limits.Plain)) // one body alone always finds room
	return c
}

// Routes adds the collector's addresses to a mux.
func (c *Collector) Routes(mux *http.ServeMux) {
	track := c.Endpoint(c.track, writeFailure)
	for _, path := range []string{"/track", "/track/{$}"} {
		mux.Handle("POST "+path, track)
		mux.Handle("OPTIONS "+path, http.HandlerFunc(c.Preflight))
	}
	for _, path := range []string{"/collect/{type}/{source}", "/collect/{type}/{source}/{session}"} {
		mux.Handle("POST "+path, c.Endpoint(c.webhook, writeFailure))
		mux.Handle("GET "+path, c.Endpoint(c.webhook, writeFailure))
		mux.Handle("OPTIONS "+path, http.HandlerFunc(c.Preflight))
	}
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		mux.Handle(method+" /redirect/{redirect}", c.Endpoint(c.redirect, writeFailure))
		mux.Handle(method+" /redirect/{redirect}/{session}", c.Endpoint(c.redirect, writeFailure))
	}
	mux.Handle("GET /pixel/{type}/{source}", c.Endpoint(c.pixel, writeFailure))
	mux.Handle("GET /pixel/{type}/{source}/{session}", c.Endpoint(c.pixel, writeFailure))
}

// Endpoint wraps a handler with what all of them share: bounds on requests at once and on what their bodies take, errors in the
// dialect's words, counts.
func (c *Collector) Endpoint(handle func(http.ResponseWriter, *http.Request) error, answer func(http.ResponseWriter, Failure)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.allowOrigin(w, r)
		x := &exchange{ResponseWriter: w, began: time.Now(), room: &c.room}
		defer x.leave()
		select {
		case c.busy <- struct{}{}:
			defer func() { <-c.busy }()
		default:
			c.fail(x, r, busy("too many requests at once: send again in a second"), answer)
			return
		}
		if err := handle(x, r); err != nil {
			c.fail(x, r, err, answer)
		}
	})
}

// take checks the payload's source and processes it.
func (c *Collector) take(r *http.Request, payload *tracardi.Payload, way string) (*tracardi.Answer, error) {
	source, err := c.source(tracardi.DefaultTenant, payload.Source.ID, way)
	if err != nil {
		return nil, err
	}
	if err := c.admit(r, source); err != nil {
		return nil, err
	}
	payload.Way, payload.Request = way, c.Request(r)
	return c.Take(r.Context(), payload, source)
}

// Take processes a payload of an admitted source, or puts it into the queue when neither side waits for the result. The
// payload says how it came in and from where.
func (c *Collector) Take(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source) (*tracardi.Answer, error) {
	payload.ID, payload.Tenant, payload.Source.ID, payload.Received = uuid.NewString(), tracardi.DefaultTenant, source.ID, time.Now().UTC()
	c.refer(payload)
	c.Counts.Payloads.Add(1)
	c.Counts.Events.Add(int64(len(payload.Events)))
	if source.Queued || payload.Options.Queued {
		return c.enqueue(ctx, payload)
	}
	return c.options.Process(ctx, payload, source, nil)
}

// Admit returns the source of a write key and the first of some ways in which it may send, once the request's origin and rate
// are found in order.
func (c *Collector) Admit(r *http.Request, key string, ways ...string) (source *tracardi.Source, way string, err error) {
	source = c.KeyHolder(key)
	if source == nil {
		return nil, "", refuse("writeKey", "there is no event source with this write key")
	}
	at := slices.IndexFunc(ways, source.Accepts)
	switch {
	case !source.Enabled:
		return nil, "", refuse("writeKey", "the event source %q is disabled", source.ID)
	case at < 0:
		return nil, "", refuse("writeKey", "the event source %q takes events as %q, not as %q", source.ID, source.Types, ways)
	}
	return source, ways[at], c.admit(r, source)
}

// KeyHolder returns the source of a write key; nil when there is none.
func (c *Collector) KeyHolder(key string) *tracardi.Source {
	return c.options.Workspace.Snapshot(tracardi.DefaultTenant).SourcesByKey[key]
}

func (c *Collector) admit(r *http.Request, source *tracardi.Source) error {
	if err := checkOrigin(r, source); err != nil {
		return err
	}
	return c.limits.allow(source)
}

// sourceField says which part of a request names the source, by the way in.
var sourceField = map[string]string{tracardi.SourceREST: "source.id", tracardi.SourceWebhook: "path.source", tracardi.SourceRedirect: "path.redirect"}

// source returns the source that may send this way.
func (c *Collector) source(tenant, id, way string) (*tracardi.Source, error) {
	source := c.options.Workspace.Snapshot(tenant).Sources[id]
	field := sourceField[way]
	switch {
	case source == nil:
		return nil, refuse(field, "there is no event source %q", id)
	case !source.Enabled:
		return nil, refuse(field, "the event source %q is disabled", id)
	case !source.Accepts(way):
		return nil, refuse(field, "the event source %q takes events as %q, not as %q", id, source.Types, way)
	}
	return source, nil
}

// refer notes the profile that another of our sites passed on with the visitor, when its source is one of ours.
func (c *Collector) refer(payload *tracardi.Payload) {
	profile := payload.Context.Text("tracardi", "pass", "profile")
	if profile == "" || profile == payload.Profile || len(profile) > maxID {
		return
	}
	source := c.options.Workspace.Snapshot(payload.Tenant).Sources[payload.Context.Text("tracardi", "pass", "source")]
	if source != nil && source.Enabled {
		payload.Referred = profile
	}
}
