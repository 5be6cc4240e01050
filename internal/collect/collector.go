package collect

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

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
	InFlight  int            // requests at once; more get a 503. 0 means 2048
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Log       *slog.Logger
}

// Collector takes events in over HTTP.
type Collector struct {
	options Options
	limits  *limiters
	busy    chan struct{}
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
	return &Collector{options: o, limits: newLimiters(), busy: make(chan struct{}, o.InFlight)}
}

// Routes adds the collector's addresses to a mux.
func (c *Collector) Routes(mux *http.ServeMux) {
	track := c.endpoint(c.track)
	for _, path := range []string{"/track", "/track/{$}"} {
		mux.Handle("POST "+path, track)
		mux.Handle("OPTIONS "+path, http.HandlerFunc(c.preflight))
	}
	for _, path := range []string{"/collect/{type}/{source}", "/collect/{type}/{source}/{session}"} {
		mux.Handle("POST "+path, c.endpoint(c.webhook))
		mux.Handle("GET "+path, c.endpoint(c.webhook))
		mux.Handle("OPTIONS "+path, http.HandlerFunc(c.preflight))
	}
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		mux.Handle(method+" /redirect/{redirect}", c.endpoint(c.redirect))
		mux.Handle(method+" /redirect/{redirect}/{session}", c.endpoint(c.redirect))
	}
	mux.Handle("GET /pixel/{type}/{source}", c.endpoint(c.pixel))
	mux.Handle("GET /pixel/{type}/{source}/{session}", c.endpoint(c.pixel))
}

// endpoint wraps a handler with what all of them share: a bound on requests at once, errors, counts.
func (c *Collector) endpoint(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case c.busy <- struct{}{}:
			defer func() { <-c.busy }()
		default:
			c.fail(w, r, &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: "too many requests at once: send again in a second"})
			return
		}
		started := time.Now()
		w.Header()["X-Process-Time"] = []string{processTime(started)}
		if err := handle(w, r); err != nil {
			c.fail(w, r, err)
		}
	})
}

// take checks the payload's source and processes it, or puts it into the queue when neither side waits for the result.
func (c *Collector) take(r *http.Request, payload *tracardi.Payload, way string) (*tracardi.Answer, error) {
	payload.ID, payload.Tenant, payload.Way, payload.Received = uuid.NewString(), tracardi.DefaultTenant, way, time.Now().UTC()
	payload.Request = c.request(r)
	source, err := c.source(payload.Tenant, payload.Source.ID, way)
	if err != nil {
		return nil, err
	}
	if err := checkOrigin(r, source); err != nil {
		return nil, err
	}
	if err := c.limits.allow(source); err != nil {
		return nil, err
	}
	c.refer(payload)
	c.Counts.Payloads.Add(1)
	c.Counts.Events.Add(int64(len(payload.Events)))
	if source.Queued || payload.Options.Queued {
		return c.enqueue(r.Context(), payload)
	}
	return c.options.Process(r.Context(), payload, source, nil)
}

// source returns the source that may send this way.
func (c *Collector) source(tenant, id, way string) (*tracardi.Source, error) {
	source := c.options.Workspace.Snapshot(tenant).Sources[id]
	switch {
	case source == nil:
		return nil, refuse("source.id", "there is no event source %q", id)
	case !source.Enabled:
		return nil, refuse("source.id", "the event source %q is disabled", id)
	case !source.Accepts(way):
		return nil, refuse("source.id", "the event source %q takes events as %q, not as %q", id, source.Types, way)
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
