package collect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// edge is a collector before the real pipeline and stores, behind a real HTTP server.
type edge struct {
	t       *testing.T
	dir     string
	options collect.Options // Process is the pipeline's
	store   *pebble.Store
	config  storage.Config
	locks   storage.Locks
	edge    *collect.Collector
	server  *httptest.Server
	log     *logged
}

// logged collects the log.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newEdge starts a collector on fresh stores with some sources and redirects. change may change the options.
func newEdge(t *testing.T, change func(*collect.Options)) *edge {
	t.Helper()
	e := &edge{t: t, dir: t.TempDir(), log: &logged{}}
	var err error
	if e.config, err = sqlite.Open(t.Context(), filepath.Join(e.dir, "config.db")); err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		e.put(source)
	}
	for _, redirect := range redirects {
		entry := workspace.Entry[tracardi.Redirect]{ID: redirect.ID, Name: redirect.Name, Value: redirect}
		if _, err := workspace.Redirects(e.config).Put(t.Context(), tracardi.DefaultTenant, entry); err != nil {
			t.Fatal(err)
		}
	}
	e.start(change)
	t.Cleanup(func() {
		e.stop()
		if err := e.config.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e *edge) put(source tracardi.Source) {
	e.t.Helper()
	entry := workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.ID, Value: source}
	if _, err := workspace.Sources(e.config).Put(e.t.Context(), tracardi.DefaultTenant, entry); err != nil {
		e.t.Fatal(err)
	}
}

// start opens the records and the server above them.
func (e *edge) start(change func(*collect.Options)) {
	e.t.Helper()
	log := slog.New(slog.NewTextHandler(e.log, nil))
	ws, err := workspace.Open(e.t.Context(), e.config, log)
	if err != nil {
		e.t.Fatal(err)
	}
	if e.store, err = pebble.Open(e.t.Context(), filepath.Join(e.dir, "records"), pebble.Options{}); err != nil {
		e.t.Fatal(err)
	}
	e.locks = memory.NewLocks()
	road := pipeline.New(pipeline.Options{
		Records: e.store, Locks: e.locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(),
		SystemEvents: true, Instance: "test", Log: log,
	})
	e.options = collect.Options{Workspace: ws, Process: road.Process, Queue: e.store.Queue(), Log: log}
	if change != nil {
		change(&e.options)
	}
	e.edge = collect.New(e.options)
	mux := http.NewServeMux()
	e.edge.Routes(mux)
	e.server = httptest.NewServer(mux)
}

func (e *edge) stop() {
	e.t.Helper()
	e.server.Close()
	for _, closing := range []func() error{e.store.Close, e.locks.Close} {
		if err := closing(); err != nil {
			e.t.Error(err)
		}
	}
}

// Sources of the tests.
var sources = []tracardi.Source{
	{ID: "shop", Types: []string{tracardi.SourceREST}, Enabled: true, Channel: "Web"},
	{ID: "off", Types: []string{tracardi.SourceREST, tracardi.SourceWebhook}},
	{ID: "hook", Types: []string{tracardi.SourceWebhook}, Enabled: true},
	{ID: "sticky", Types: []string{tracardi.SourceWebhook}, Enabled: true, StaticIDs: true, ProfileFrom: "properties.customer.id", StickySession: true},
	{ID: "loose", Types: []string{tracardi.SourceWebhook}, Enabled: true, StaticIDs: true, ProfileFrom: "customer.id"},
	{ID: "own", Types: []string{tracardi.SourceREST, tracardi.SourceWebhook}, Enabled: true, Origins: []string{"https://shop.example"}},
	{ID: "slow", Types: []string{tracardi.SourceREST}, Enabled: true, RateLimit: 2},
	{ID: "later", Types: []string{tracardi.SourceREST, tracardi.SourceWebhook}, Enabled: true, Queued: true},
	{ID: "links", Types: []string{tracardi.SourceRedirect}, Enabled: true},
	{ID: "own-links", Types: []string{tracardi.SourceRedirect}, Enabled: true, Origins: []string{"https://shop.example"}},
}

// Redirects of the tests.
var redirects = []tracardi.Redirect{
	{
		ID: "spring", Name: "Spring", URL: "https://shop.example/spring?a=1", Source: tracardi.Ref{ID: "links"}, EventType: "link-clicked",
		Tags: []string{"mail"}, Props: map[string]any{"campaign": "payload@params.c", "order": "payload@body.order", "fixed": 7},
	},
	{ID: "plain", Name: "Plain", URL: "https://shop.example/", Source: tracardi.Ref{ID: "links"}, EventType: "link-clicked"},
	{ID: "guarded", Name: "Guarded", URL: "https://shop.example/", Source: tracardi.Ref{ID: "own-links"}, EventType: "link-clicked"},
	{ID: "wrong", Name: "Wrong", URL: "https://shop.example/", Source: tracardi.Ref{ID: "shop"}, EventType: "link-clicked"},
}

// answer is what a client sees of a reply.
type answer struct {
	status int
	header http.Header
	text   string
}

// send sends a request; headers are names and values in turns.
func (e *edge) send(method, path, body string, headers ...string) answer {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.server.URL+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	client := e.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// reply is the answer of /track.
type reply struct {
	Task     string
	UX       []any
	Response map[string]any
	Events   []string
	Profile  struct{ ID *string }
	Session  struct{ ID *string }
	Errors   []string
	Warnings []string
}

// taken decodes the answer of a request that has to succeed.
func (e *edge) taken(a answer) (r reply) {
	e.t.Helper()
	if a.status != http.StatusOK {
		e.t.Fatalf("status %d: %s", a.status, a.text)
	}
	decoder := json.NewDecoder(strings.NewReader(a.text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		e.t.Fatalf("%v in %s", err, a.text)
	}
	return r
}

// refused checks the status and the body of a request that has to fail: {"detail": text} when place is empty, else a list with
// one item whose loc is the place. It returns the message.
func (e *edge) refused(a answer, status int, kind, place string) string {
	e.t.Helper()
	var plain struct{ Detail string }
	var placed struct {
		Detail []struct {
			Loc  []any
			Msg  string
			Type string
		}
	}
	if a.status != status || a.header.Get("Content-Type") != "application/json" {
		e.t.Errorf("status %d, %q, want %d: %s", a.status, a.header.Get("Content-Type"), status, a.text)
	}
	if place == "" {
		if err := json.Unmarshal([]byte(a.text), &plain); err != nil || plain.Detail == "" {
			e.t.Errorf("no detail in %s (%v)", a.text, err)
		}
		return plain.Detail
	}
	if err := json.Unmarshal([]byte(a.text), &placed); err != nil || len(placed.Detail) != 1 || placed.Detail[0].Msg == "" {
		e.t.Errorf("no detail in %s (%v)", a.text, err)
		return ""
	}
	loc, err := json.Marshal(placed.Detail[0].Loc)
	if err != nil {
		e.t.Fatal(err)
	}
	if string(loc) != place || placed.Detail[0].Type != kind {
		e.t.Errorf("%s at %s, want %s at %s: %s", placed.Detail[0].Type, loc, kind, place, a.text)
	}
	return placed.Detail[0].Msg
}

// found lists the documents that match a query, newest first.
func (e *edge) found(c storage.Collection, query string) (texts []string) {
	e.t.Helper()
	where, err := expr.ParseSearch(query, string(c))
	if err != nil {
		e.t.Fatal(err)
	}
	page, err := e.store.Search(e.t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where, Limit: 1000})
	if err != nil {
		e.t.Fatal(err)
	}
	for _, doc := range page.Docs {
		texts = append(texts, string(doc.Body))
	}
	return texts
}

// event returns the one event that matches a query.
func (e *edge) event(query string) (event tracardi.Event) {
	e.t.Helper()
	texts := e.found(storage.Events, query)
	if len(texts) != 1 {
		e.t.Fatalf("%d events match %s, want 1: %s", len(texts), query, texts)
	}
	if err := json.Unmarshal([]byte(texts[0]), &event); err != nil {
		e.t.Fatal(err)
	}
	return event
}

// work processes what waits in the queue until stop is called.
func (e *edge) work() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.edge.Work(ctx, 2) }()
	return func() {
		e.t.Helper()
		cancel()
		if err := <-done; err != nil {
			e.t.Error(err)
		}
	}
}

// await polls until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !holds(); {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}
