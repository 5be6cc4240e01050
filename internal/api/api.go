package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/storage"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Options is what the API needs.
type Options struct {
	Records   storage.Records
	Config    storage.Config
	Queue     storage.Queue
	Workspace *workspace.Workspace
	Guard     *auth.Guard
	Vault     *vault.Vault
	Network   node.Network // tries the connections of resources
	Log       *slog.Logger

	// Rehearse makes of a text what the edge for events would, and Try takes it through the pipeline; nothing is stored.
	Rehearse func(r *http.Request, text []byte) (payload *tracardi.Payload, source *tracardi.Source, refused, err error)
	Try      func(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source) (*pipeline.Trial, error)
	// Simulate tries a flow on events; nothing is stored.
	Simulate func(context.Context, pipeline.Simulation) (*pipeline.Simulated, error)
	// Erasures erases people.
	Erasures *pipeline.Pipeline
	// Vitals knows the processes that live; Stores and Disk tell how the storage does.
	Vitals *vitals.Monitor
	Stores func(ctx context.Context) []StoreState
	Disk   func() Disk
	// Topics lists the topics of the queue that are in use.
	Topics func(tenant string) []string
	// PublicURL is the address that people use, such as https://cdp.example; empty when only the Host header tells.
	PublicURL string
	// Closing is closed when the process begins to stop, so that streams end.
	Closing <-chan struct{}
}

type server struct {
	records    storage.Records
	queue      storage.Queue
	workspace  *workspace.Workspace
	guard      *auth.Guard
	vault      *vault.Vault
	network    node.Network
	log        *slog.Logger
	topics     func(tenant string) []string
	rehearse   func(r *http.Request, text []byte) (payload *tracardi.Payload, source *tracardi.Source, refused, err error)
	tryPayload func(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source) (*pipeline.Trial, error)
	simulate   func(context.Context, pipeline.Simulation) (*pipeline.Simulated, error)
	erasures   *pipeline.Pipeline
	vitals     *vitals.Monitor
	stores     func(ctx context.Context) []StoreState
	disk       func() Disk
	closing    <-chan struct{}
	streams    chan struct{} // holds one for each live stream
	questions  *turns
	exports    *turns

	settings  workspace.Kind[workspace.Settings]
	views     workspace.Kind[view]
	sources   workspace.Kind[tracardi.Source]
	redirects workspace.Kind[tracardi.Redirect]
	resources workspace.Kind[tracardi.Resource]
	config    storage.Config // of which flows have kinds of their own
	flows     workspace.Kind[workspace.Flow]
	liveFlows workspace.Kind[workspace.LiveFlow]
	triggers  workspace.Kind[workspace.Trigger]
	api       huma.API
}

// New makes the handler of everything below Prefix. It relies on RemoteAddr being the client's address.
func New(o Options) (http.Handler, error) {
	s := &server{
		records: o.Records, queue: o.Queue, workspace: o.Workspace, guard: o.Guard, log: o.Log, topics: o.Topics,
		rehearse: o.Rehearse, tryPayload: o.Try, simulate: o.Simulate,
		config: o.Config, flows: workspace.Flows(o.Config), liveFlows: workspace.LiveFlows(o.Config), triggers: workspace.Triggers(o.Config),
		closing: o.Closing, streams: make(chan struct{}, liveStreams),
		questions: newTurns("questions", questionsAtOnce), exports: newTurns("exports", exportsAtOnce),
		vitals: o.Vitals, stores: o.Stores, disk: o.Disk,
		erasures: o.Erasures,
		settings: workspace.SettingsOf(o.Config), views: workspace.NewKind[view](o.Config, "view"),
		sources: workspace.Sources(o.Config), redirects: workspace.Redirects(o.Config),
		resources: workspace.Resources(o.Config), vault: o.Vault, network: o.Network,
	}
	sameSite := http.NewCrossOriginProtection()
	if o.PublicURL != "" {
		address, err := url.Parse(o.PublicURL)
		if err == nil {
			err = sameSite.AddTrustedOrigin(address.Scheme + "://" + address.Host)
		}
		if err != nil {
			return nil, fmt.Errorf("public URL %q: %w", o.PublicURL, err)
		}
	}
	sameSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, tracardi.Errorf(tracardi.Forbidden, "this request comes from a page of another site: use the program's own address"))
	}))
	return identified(sameSite.Handler(s.register())), nil
}

// register builds the routes and the document that describes them.
func (s *server) register() http.Handler {
	router := router{http.NewServeMux(), http.NewServeMux()}
	s.api = humago.NewWithPrefix(router, Prefix, frameworkSettings())
	for _, r := range s.routes() {
		r.register(s.api, s.operation(r))
	}
	finishDocument(s.api.OpenAPI())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mux := router.find(r); mux != nil {
			mux.ServeHTTP(w, r)
			return
		}
		s.unknownRoute(w, r, router)
	})
}

// router is two routers, because the standard one does not take /profiles/top/{field} beside /profiles/{id}/timeline. The first
// one holds the paths whose second part is fixed, and goes first.
type router [2]*http.ServeMux

// HandleFunc takes a route in.
func (r router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	if strings.Contains(pattern, "}/") {
		r[1].HandleFunc(pattern, handler)
		return
	}
	r[0].HandleFunc(pattern, handler)
}

// ServeHTTP answers a request for a route that exists.
func (r router) ServeHTTP(w http.ResponseWriter, in *http.Request) { r.find(in).ServeHTTP(w, in) }

// find returns the router that knows the route of a request; nil if none does.
func (r router) find(in *http.Request) *http.ServeMux {
	for _, mux := range r {
		if _, pattern := mux.Handler(in); pattern != "" {
			return mux
		}
	}
	return nil
}

// unknownRoute answers what no route takes, and tells which methods the path knows.
func (s *server) unknownRoute(w http.ResponseWriter, r *http.Request, router router) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if router.find(other) != nil {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		s.refuse(w, r, tracardi.Errorf(tracardi.NotFound, "there is nothing at %s", r.URL.Path))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeProblem(w, &Problem{
		Status: http.StatusMethodNotAllowed, RequestID: of(r.Context()).id,
		Detail: fmt.Sprintf("%s knows %s, not %s", r.URL.Path, strings.Join(allowed, ", "), r.Method),
	})
}

// request is what is known of a request beside its input.
type request struct {
	id     string
	tenant string
	http   *http.Request
	actor  *auth.Actor  // nil on public routes
	masked bool         // the actor may not see personal data
	sent   bytes.Buffer // the body, where a refusal must look into it
}

// ip is the address of the client.
func (r *request) ip() string {
	if host, _, err := net.SplitHostPort(r.http.RemoteAddr); err == nil {
		return host
	}
	return r.http.RemoteAddr
}

type requestKey struct{}

// of returns what is known of the request whose context this is.
func of(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

var sanePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identified gives each request an id, the client's own if it sent a harmless one, and sets the headers of every answer.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-ID")
		if !sanePattern.MatchString(id) {
			id = uuid.NewString()
		}
		header := w.Header()
		header.Set("X-Request-ID", id)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		about := &request{id: id, tenant: tracardi.DefaultTenant}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
		about.http = r
		next.ServeHTTP(w, r)
	})
}

// admit lets a request in whose sender may use the route.
func (s *server) admit(r route) func(ctx huma.Context, next func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if r.public {
			next(ctx)
			return
		}
		in, w := humago.Unwrap(ctx)
		about := of(in.Context())
		actor, err := s.guard.Identify(w, in, about.tenant)
		if err == nil {
			err = r.allows(actor)
		}
		if err != nil {
			s.refuse(w, in, err)
			return
		}
		about.actor, about.masked = actor, !s.seesPersonal(about.tenant, actor)
		next(ctx)
	}
}

// allows is Forbidden when the actor may not use the route.
func (r *route) allows(actor *auth.Actor) error {
	if !slices.Contains(r.roles, actor.Role) {
		return tracardi.Errorf(tracardi.Forbidden, "your role %s may not do this: ask somebody who is %s", actor.Role, r.roles)
	}
	if r.scope != "" && !actor.Has(r.scope) {
		return tracardi.Errorf(tracardi.Forbidden, "this token may not do this: it lacks the scope %s", r.scope)
	}
	return nil
}

// changed notes who changed the configuration and shows it to this process at once. When that fails, polling will do it in a
// moment.
func (s *server) changed(ctx context.Context, what, kind, id string) {
	about := of(ctx)
	s.log.Info("configuration "+what, "tenant", about.tenant, "kind", kind, "id", id, "by", about.actor.ID, "request", about.id)
	if err := s.workspace.Refresh(context.WithoutCancel(ctx)); err != nil {
		s.log.Warn("a change of the configuration will be seen later", "error", err)
	}
}

// longRead is how long the answer to one question may take to compute.
const longRead = time.Minute
