package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/maypok86/otter/v2.(*cache[...]).periodicCleanUp"))
}

const (
	tenant   = tracardi.DefaultTenant
	password = "three blind mice"
	topic    = "collected"
)

// house is the API on real, embedded stores.
type house struct {
	t         *testing.T
	handler   http.Handler
	config    storage.Config
	store     *pebble.Store
	guard     *auth.Guard
	workspace *workspace.Workspace
	log       *bytes.Buffer
	closing   chan struct{} // close it to end streams
	collector *collect.Collector
	cache     storage.Cache
	stores    []api.StoreState // as the health route sees them
	free      int64            // bytes of disk
	slow      bool             // the fields of records are looked for without end
}

// records are those of the store, whose fields take for ever while they are slow.
type records struct {
	*pebble.Store
	slow *bool
}

func (r records) Fields(ctx context.Context, tenant string, c storage.Collection) ([]storage.FieldInfo, error) {
	if *r.slow {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return r.Store.Fields(ctx, tenant, c)
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, log: &bytes.Buffer{}, closing: make(chan struct{})}
	dir := t.TempDir()
	config, err := sqlite.Open(t.Context(), filepath.Join(dir, "config.db"))
	h.must(err)
	h.config = config
	h.store, err = pebble.Open(t.Context(), filepath.Join(dir, "records"), pebble.Options{CacheBytes: 4 << 20, MemTable: 1 << 20})
	h.must(err)
	cache, locks := memory.NewCache(1<<20), memory.NewLocks()
	t.Cleanup(func() {
		h.must(h.store.Close())
		h.must(h.config.Close())
		h.must(cache.Close())
		h.must(locks.Close())
	})
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.guard, err = auth.New(auth.Options{Config: h.config, Cache: cache, Log: log})
	h.must(err)
	h.workspace, err = workspace.Open(t.Context(), h.config, log)
	h.must(err)
	secrets, err := vault.New(make([]byte, 32))
	h.must(err)
	h.cache, h.free = cache, 1<<40
	line := pipeline.New(pipeline.Options{
		Records: h.store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(),
		SystemEvents: true, Instance: "test", Log: log,
		Workspace: h.workspace, Queue: h.store.Queue(), Cache: cache, Message: collect.Message,
	})
	monitor := vitals.New(vitals.Options{
		ID: "this", Roles: []string{"api"}, Version: "1", Cache: cache, Log: log, Counts: func() vitals.Counts {
			c := &h.collector.Counts
			return vitals.Counts{Payloads: c.Payloads.Load(), Events: c.Events.Load(), Refused: c.Refused.Load(), Failed: c.Failed.Load()}
		},
	})
	process := func(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
		monitor.Observe(3 * time.Millisecond)
		return line.Process(ctx, payload, source, done)
	}
	h.collector = collect.New(collect.Options{Workspace: h.workspace, Process: process, Queue: h.store.Queue(), Log: log})
	h.handler, err = api.New(api.Options{
		Records: records{h.store, &h.slow}, Config: h.config, Queue: h.store.Queue(), Workspace: h.workspace, Guard: h.guard, Vault: secrets, Log: log,
		Topics: func(string) []string { return []string{topic} }, PublicURL: "https://cdp.example", Closing: h.closing,
		Rehearse: h.collector.Rehearse, Try: line.Try, Simulate: line.Simulate, Erasures: line,
		Vitals: monitor,
		Stores: func(context.Context) []api.StoreState { return h.stores },
		Disk:   func() api.Disk { return api.Disk{Free: &h.free, Records: 7, Low: h.free < 1<<30} },
	})
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// token makes a token of a role, limited to scopes if there are any.
func (h *house) token(role auth.Role, scopes ...string) string {
	h.t.Helper()
	maker := &auth.Actor{ID: "test", Role: auth.Admin, Tenant: tenant}
	secret, _, err := h.guard.CreateToken(h.t.Context(), maker, auth.NewToken{Name: "test", Role: role, Scopes: scopes})
	h.must(err)
	return secret
}

// as returns a client with a token of the role.
func (h *house) as(role auth.Role, scopes ...string) *client {
	h.t.Helper()
	return &client{h, http.Header{"Authorization": {"Bearer " + h.token(role, scopes...)}}}
}

// session returns a client that signed in.
func (h *house) session(email string) *client {
	h.t.Helper()
	secret, _, err := h.guard.Login(h.t.Context(), tenant, email, password, "192.0.2.9")
	h.must(err)
	return &client{h, http.Header{"Cookie": {auth.CookieName + "=" + secret}}}
}

func (h *house) user(email string, role auth.Role) auth.User {
	h.t.Helper()
	user, err := h.guard.CreateUser(h.t.Context(), tenant, auth.NewUser{Email: email, Role: role, Password: password})
	h.must(err)
	return user
}

func (h *house) stranger() *client { return &client{h, http.Header{}} }

// client sends requests with some headers.
type client struct {
	*house
	header http.Header
}

// with returns the client with one more header.
func (c *client) with(name, value string) *client {
	header := c.header.Clone()
	header.Set(name, value)
	return &client{c.house, header}
}

type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

// send sends a request; body is JSON, empty for none.
func (c *client) send(method, path, body string) *answer {
	c.t.Helper()
	r := c.request(c.t.Context(), method, path, body)
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return &answer{c.t, method + " " + path, w.Code, w.Header(), w.Body.String()}
}

func (c *client) request(ctx context.Context, method, path, body string) *http.Request {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(ctx, method, "http://cdp.example"+api.Prefix+path, reader)
	for name, values := range c.header {
		r.Header[name] = values
	}
	return r
}

// wants checks the status and that the body holds each of the texts.
func (a *answer) wants(status int, texts ...string) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got %d, want %d\n%s", a.what, a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Errorf("%s: the body lacks %s\n%s", a.what, text, a.body)
		}
	}
	if status >= 400 && a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Errorf("%s: the error has type %s", a.what, a.header.Get("Content-Type"))
	}
	return a
}

// read decodes the body.
func (a *answer) read(into any) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		a.t.Fatalf("%s: %v\n%s", a.what, err, a.body)
	}
}

// fields decodes the body as an object.
func (a *answer) fields() map[string]any {
	a.t.Helper()
	var fields map[string]any
	a.read(&fields)
	return fields
}

// store writes documents of a collection in the order given, one second after the other up to a time.
func (h *house) write(tenant string, collection storage.Collection, last time.Time, bodies ...string) {
	h.t.Helper()
	set := &storage.ChangeSet{Tenant: tenant}
	for i, body := range bodies {
		at := last.Add(time.Duration(i-len(bodies)+1) * time.Second).UTC()
		id := fmt.Sprintf("%s-%d", collection, i)
		if named := struct{ ID string }{}; json.Unmarshal([]byte(body), &named) == nil && named.ID != "" {
			id = named.ID
		} else {
			body = fmt.Sprintf(`{"id":%q,%s`, id, body[1:])
		}
		body = strings.TrimSuffix(body, "}") + fmt.Sprintf(`,"metadata":{"time":{"insert":%q}}}`, at.Format(time.RFC3339Nano))
		set.Writes = append(set.Writes, storage.Write{Collection: collection, Doc: storage.Doc{ID: id, Time: at, Body: []byte(body)}})
	}
	h.must(h.store.Commit(set).Wait(h.t.Context()))
}
