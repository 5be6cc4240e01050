package segment

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
)

// Limits of the API that the clients keep to.
const (
	maxEvent = 32 << 10  // bytes of one message
	maxBatch = 500 << 10 // bytes of a request, decompressed
	maxCount = 2500      // messages of a request
)

var limits = collect.Limits{Body: maxBatch, Plain: maxBatch}

// Dialect takes the messages of Segment's and RudderStack's clients.
type Dialect struct {
	collector *collect.Collector
	hasher    *identity.Hasher
}

// New makes a dialect of a collector. The hasher makes ids of those that clients give to people and devices, so that nobody can
// guess them.
func New(collector *collect.Collector, hasher *identity.Hasher) *Dialect {
	return &Dialect{collector: collector, hasher: hasher}
}

// letters are the short addresses of the browser library.
var letters = map[string]string{"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}

// Routes adds the dialect's addresses to a mux, each with and without a slash at the end: clients take a redirect for success.
func (d *Dialect) Routes(mux *http.ServeMux) {
	post := func(path string, handler http.Handler) {
		for _, path := range []string{path, path + "/{$}"} {
			mux.Handle("POST "+path, handler)
			mux.Handle("OPTIONS "+path, http.HandlerFunc(d.collector.Preflight))
		}
	}
	get := func(path string, handle func(http.ResponseWriter, *http.Request) error) {
		for _, path := range []string{path, path + "/{$}"} {
			mux.Handle("GET "+path, d.collector.Endpoint(handle, writeFailure))
			mux.Handle("OPTIONS "+path, http.HandlerFunc(d.collector.Preflight))
		}
	}
	for _, call := range calls {
		post("/v1/"+call, d.endpoint(call, false))
	}
	for letter, call := range letters {
		post("/v1/"+letter, d.endpoint(strings.TrimPrefix(call, "batch"), false))
	}
	post("/v1/batch", d.endpoint("", false))
	post("/v1/import", d.endpoint("", true))
	post("/beacon/v1/batch", d.endpoint("", false))
	post("/v1/m", d.collector.Endpoint(d.metrics, writeFailure))
	get("/v1/projects/{key}/settings", d.settings)
	get("/sourceConfig", d.sourceConfig)
	get("/pixel/v1/{call}", d.pixel)
}

func (d *Dialect) endpoint(call string, history bool) http.Handler {
	return d.collector.Endpoint(func(w http.ResponseWriter, r *http.Request) error { return d.take(w, r, call, history) }, writeFailure)
}

// request is a body: one message, or a batch of them.
type request struct {
	WriteKey string           `json:"writeKey"`
	SentAt   string           `json:"sentAt"`
	Context  tracardi.Object  `json:"context"`
	Batch    []jsontext.Value `json:"batch"`
}

// take reads a request and processes its messages. A key that comes in the header is checked before the body is read: some
// clients send again and again what was refused.
func (d *Dialect) take(w http.ResponseWriter, r *http.Request, call string, history bool) error {
	received := time.Now().UTC()
	var source *tracardi.Source
	var way string
	key, err := headerKey(r), error(nil)
	if key != "" {
		if source, way, err = d.admit(r, key); err != nil {
			return err
		}
	}
	text, err := d.collector.ReadBody(w, r, limits)
	if err != nil {
		return err
	}
	var body request
	// A message with an odd member must not spoil the others: each is read strictly by itself.
	if err := json.Unmarshal(text, &body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return collect.SyntaxError(err)
	}
	if source == nil {
		if source, way, err = d.admit(r, body.WriteKey); err != nil {
			return err
		}
	}
	messages := body.Batch
	if call != "" {
		messages = []jsontext.Value{text}
	}
	return d.process(w, r, source, &maker{
		hasher: d.hasher, source: source.ID, way: way, request: d.collector.Request(r), last: map[string]int{},
		envelope: envelope{call: call, sentAt: body.SentAt, context: body.Context, received: received, history: history},
	}, messages)
}

func (d *Dialect) admit(r *http.Request, key string) (*tracardi.Source, string, error) {
	if key == "" {
		return nil, "", &tracardi.Error{Kind: tracardi.Unauthenticated, Field: "writeKey", Message: "is missing: send it as the user of basic authentication, or in the body"}
	}
	return d.collector.Admit(r, key, tracardi.SourceSegment, tracardi.SourceRudderStack)
}

// headerKey is the write key outside of the body: of the Authorization header, or of the address as beacons have it.
func headerKey(r *http.Request) string {
	if key, _, ok := r.BasicAuth(); ok && key != "" {
		return key
	}
	return r.URL.Query().Get("writeKey")
}

// process takes the messages in their order and leaves out those that cannot be taken, which the answer names. When something
// of ours fails, the whole request fails, and what is stored already is known by its messageId when it comes again.
func (d *Dialect) process(w http.ResponseWriter, r *http.Request, source *tracardi.Source, k *maker, messages []jsontext.Value) error {
	if len(messages) > maxCount {
		return &tracardi.Error{Kind: tracardi.TooLarge, Field: "batch", Message: fmt.Sprintf("has more than %d messages", maxCount)}
	}
	var rejected []rejection
	var first error
	reject := func(index int, err error) {
		if first == nil {
			first = at(index, k.envelope.call == "", err)
		}
		rejected = append(rejected, newRejection(index, err))
	}
	for i, text := range messages {
		if err := k.add(i, text); err != nil {
			reject(i, err)
		}
	}
	for i, err := range d.takeAll(r.Context(), source, k) {
		switch tracardi.KindOf(err) {
		case tracardi.Invalid, tracardi.TooLarge, tracardi.Unauthenticated, tracardi.Forbidden:
			for _, index := range k.payloads[i].messages {
				reject(index, err)
			}
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(rejected) > 0 && len(rejected) == len(messages) {
		return first
	}
	slices.SortFunc(rejected, func(a, b rejection) int { return a.Index - b.Index })
	reply(w, answer{Success: true, Rejected: rejected})
	return nil
}

const atOnce = 32 // payloads of one request

// takeAll processes the payloads, each after those before it that have to do with the same people, and the others at once: they
// wait for the disk together. It returns an error or nil for each.
func (d *Dialect) takeAll(ctx context.Context, source *tracardi.Source, k *maker) []error {
	errs := make([]error, len(k.payloads))
	done := make([]chan struct{}, len(k.payloads))
	for i := range done {
		done[i] = make(chan struct{})
	}
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(atOnce, len(k.payloads)) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(done)); i = next.Add(1) - 1 {
				for _, before := range k.payloads[i].after {
					<-done[before] // somebody has begun it: they are taken in their order
				}
				_, errs[i] = d.collector.Take(ctx, k.payloads[i].Payload, source)
				close(done[i])
			}
		})
	}
	running.Wait()
	return errs
}

// metrics takes what the browser library counts about itself; nothing is kept of it.
func (d *Dialect) metrics(w http.ResponseWriter, r *http.Request) error {
	if _, err := d.collector.ReadBody(w, r, limits); err != nil {
		return err
	}
	reply(w, answer{Success: true})
	return nil
}
