package segment_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/collect/segment"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// edge is the dialect before the real pipeline and stores, behind a real HTTP server.
type edge struct {
	t      testing.TB
	dir    string
	store  *pebble.Store
	server *httptest.Server
	parts  []func() error // that close what is open, in their order
}

var sources = []tracardi.Source{
	{ID: "shop", Types: []string{tracardi.SourceSegment}, Enabled: true, WriteKey: "key"},
	{ID: "rudder", Types: []string{tracardi.SourceRudderStack}, Enabled: true, WriteKey: "rudder-key"},
	{ID: "closed", Types: []string{tracardi.SourceSegment}, WriteKey: "closed-key"},
	{ID: "rest", Types: []string{tracardi.SourceREST}, Enabled: true, WriteKey: "rest-key"},
	{ID: "page", Types: []string{tracardi.SourceSegment}, Enabled: true, WriteKey: "page-key", Origins: []string{"https://shop.example"}},
	{ID: "slow", Types: []string{tracardi.SourceSegment}, Enabled: true, WriteKey: "slow-key", RateLimit: 1},
}

func newEdge(t testing.TB) *edge {
	t.Helper()
	e := &edge{t: t, dir: t.TempDir()}
	e.open()
	t.Cleanup(e.close)
	return e
}

func (e *edge) open() {
	e.t.Helper()
	t, log := e.t, slog.New(slog.DiscardHandler)
	settings, err := sqlite.Open(t.Context(), filepath.Join(e.dir, "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		entry := workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.ID, Value: source}
		if _, err := workspace.Sources(settings).Put(t.Context(), tracardi.DefaultTenant, entry); err != nil && tracardi.KindOf(err) != tracardi.Conflict {
			t.Fatal(err)
		}
	}
	ws, err := workspace.Open(t.Context(), settings, log)
	if err != nil {
		t.Fatal(err)
	}
	e.store, err = pebble.Open(t.Context(), filepath.Join(e.dir, "records"), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	locks, hasher := memory.NewLocks(), identity.New(make([]byte, 32))
	road := pipeline.New(pipeline.Options{
		Records: e.store, Locks: locks, Hasher: hasher, Agents: pipeline.NewAgents(), SystemEvents: true, Instance: "test", Log: log,
	})
	collector := collect.New(collect.Options{Workspace: ws, Process: road.Process, Queue: e.store.Queue(), Log: log})
	mux := http.NewServeMux()
	collector.Routes(mux)
	segment.New(collector, hasher).Routes(mux)
	e.server = httptest.NewServer(mux)
	e.parts = []func() error{e.store.Close, locks.Close, settings.Close}
}

func (e *edge) close() {
	e.server.Close()
	for _, part := range e.parts {
		if err := part(); err != nil {
			e.t.Error(err)
		}
	}
}

// reopen ends the server and starts another one on the same data.
func (e *edge) reopen() {
	e.t.Helper()
	e.close()
	e.open()
}

// post sends a body with a write key and further headers, and returns status, answer and header.
func (e *edge) post(path, key, body string, headers ...string) (int, string, http.Header) {
	e.t.Helper()
	return e.do("POST", path, key, body, headers...)
}

func (e *edge) do(method, path, key, body string, headers ...string) (int, string, http.Header) {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.server.URL+path, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	if key != "" {
		request.SetBasicAuth(key, "")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request) // which follows no redirect
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Header
}

// taken sends a body that has to be taken whole.
func (e *edge) taken(path, body string) {
	e.t.Helper()
	if status, text, _ := e.post(path, "key", body); status != 200 || text != `{"success":true}` {
		e.t.Fatalf("%s: %d %s", path, status, text)
	}
}

func (e *edge) count(c storage.Collection, query string) int64 {
	e.t.Helper()
	where, err := expr.ParseSearch(query, string(c))
	if err != nil {
		e.t.Fatal(err)
	}
	n, err := e.store.Count(e.t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where})
	if err != nil {
		e.t.Fatal(err)
	}
	return n
}

// only returns the one document that a query finds.
func (e *edge) only(c storage.Collection, query string) *tracardi.Object {
	e.t.Helper()
	where, err := expr.ParseSearch(query, string(c))
	if err != nil {
		e.t.Fatal(err)
	}
	page, err := e.store.Search(e.t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where})
	if err != nil {
		e.t.Fatal(err)
	}
	if len(page.Docs) != 1 {
		e.t.Fatalf("%d documents for %s, want 1", len(page.Docs), query)
	}
	o := tracardi.RawObject(string(page.Docs[0].Body))
	return &o
}

func (e *edge) says(o *tracardi.Object, want string, path ...string) {
	e.t.Helper()
	value, _ := o.Get(path...)
	if got := string(tracardi.AppendValue(nil, value)); got != want {
		e.t.Errorf("%s is %s, want %s", strings.Join(path, "."), got, want)
	}
}
