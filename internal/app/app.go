package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/tracardi/tracardi-go"
	_ "github.com/tracardi/tracardi-go/bridges" // what sources read from
	"github.com/tracardi/tracardi-go/gui"
	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/collect/segment"
	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/internal/egress"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/reader"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/internal/workspace"
	_ "github.com/tracardi/tracardi-go/nodes" // what flows are drawn with
)

// Program is what the process runs with.
type Program struct {
	Settings *config.Settings // checked
	Version  string
	Log      *slog.Logger
	Out      io.Writer // takes the address and, at the first start, the setup link
}

// Run starts the program and returns when ctx has ended and everything has stopped. Nil: it was told to stop and lost nothing.
func (p *Program) Run(ctx context.Context) (err error) {
	s := p.Settings
	debug.SetMemoryLimit(s.MemoryBytes())
	if s.SharedRecords() {
		debug.SetGCPercent(sharedGCPercent)
	}
	listener, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // the server has closed it, unless the start failed
	if !s.HasStores() {
		return p.runGUI(ctx, listener)
	}
	secret, err := loadSecret(s)
	if err != nil {
		return err
	}
	st, err := openStores(ctx, s, p.Log)
	if err != nil {
		return stopped(ctx, err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := checkSecret(ctx, st.config, secret); err != nil {
		return stopped(ctx, err)
	}
	parts, err := p.assemble(ctx, st, secret)
	if err != nil {
		return stopped(ctx, err)
	}
	if err := p.announce(ctx, parts, listener); err != nil {
		return stopped(ctx, err)
	}
	return p.runAll(ctx, listener, p.components(st, parts, listener))
}

// sharedGCPercent is the room that garbage gets where no embedded store needs the memory: little of it lives long, and to collect it
// at the usual rate took a quarter of a worker's processor time.
const sharedGCPercent = 300

// runGUI serves the web application alone. It needs no store: the browser asks the API at the same address, where a proxy in front
// finds it, or this process when it knows where the API is.
func (p *Program) runGUI(ctx context.Context, listener net.Listener) error {
	parts := &parts{health: &health{log: p.Log}, metrics: newMetrics(p.Version), mux: http.NewServeMux()}
	p.routes(parts)
	var components []component
	if p.Settings.APIURL != "" {
		forward, err := newForwarder(p.Settings.APIURL, p.Log)
		if err != nil {
			return err
		}
		forward.routes(parts.mux)
		parts.health.checks = []check{{name: "api", ping: forward.ping, optional: true}} // the page is there, and says what is wrong
		components = append(components, component{"connections to the API", forward.run})
	}
	if _, err := fmt.Fprintf(p.Out, "Tracardi %s is ready: %s\n", p.Version, address(p.Settings, listener)); err != nil {
		return err
	}
	http := newServer(p.Settings, listener, parts.health, parts.metrics.count(parts.mux), p.Log)
	return p.runAll(ctx, listener, append(components, component{"http", http.run}))
}

func (p *Program) runAll(ctx context.Context, listener net.Listener, components []component) error {
	s := p.Settings
	p.Log.Info("started", "version", p.Version, "address", listener.Addr().String(), "data", s.Data, "roles", s.Roles.String())
	told := make(chan struct{})
	context.AfterFunc(ctx, func() {
		p.Log.Info("stopping: running requests and work are finished first")
		close(told)
	})
	err := runAll(ctx, p.Log, components)
	if ctx.Err() != nil {
		<-told
	}
	p.Log.Info("stopped")
	return err
}

// stopped makes the end of ctx during the start an ordinary one.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// parts are the components before they run.
type parts struct {
	health    *health
	metrics   *metrics
	vitals    *vitals.Monitor
	workspace *workspace.Workspace
	guard     *auth.Guard
	road      pipeline.Options
	line      *pipeline.Pipeline
	collector *collect.Collector
	readers   *reader.Readers
	api       http.Handler
	tracker   http.Handler
	mux       *http.ServeMux
	closing   chan struct{} // closed when the server begins to stop, so that streams end
}

// topics are the kinds of work in the queue.
var topics = []string{collect.Topic, collect.UnreadTopic, pipeline.FlowTopic, pipeline.EraseTopic}

// assemble makes the parts and gives each what it needs.
func (p *Program) assemble(ctx context.Context, st *stores, secret []byte) (*parts, error) {
	s := p.Settings
	ws, err := workspace.Open(ctx, st.config, p.Log)
	if err != nil {
		return nil, err
	}
	guard, err := auth.New(auth.Options{
		Config: st.config, Cache: st.cache, Log: p.Log, AdminToken: s.AdminToken, HTTPS: strings.HasPrefix(s.PublicURL, "https://"),
	})
	if err != nil {
		return nil, err
	}
	road, err := p.road(st, secret)
	if err != nil {
		return nil, err
	}
	secrets, err := vault.New(secret)
	if err != nil {
		return nil, err
	}
	network := egress.New(s.EgressAllow)
	road.Workspace, road.Queue, road.Cache, road.Network, road.Message = ws, st.queue, st.cache, network, collect.Message
	road.Topics = topics
	road.Resource = (&vault.Resources{Vault: secrets, Workspace: ws}).Fill
	line, numbers := pipeline.New(road), newMetrics(p.Version)
	var collector *collect.Collector
	monitor := p.vitals(st, road.Instance, func() vitals.Counts { return countsOf(&collector.Counts) })
	limits := collect.DefaultLimits
	limits.Body, limits.Plain = s.MaxBodyBytes, 2*s.MaxBodyBytes
	collector = collect.New(collect.Options{
		Workspace: ws, Process: measured(line, monitor, numbers), Queue: st.queue, Limits: limits, Memory: s.MemoryBytes() / 4, Log: p.Log,
	})
	parts := &parts{
		health:  &health{log: p.Log, checks: st.checks},
		metrics: numbers, vitals: monitor, workspace: ws, guard: guard, road: road, line: line, collector: collector,
		mux:     http.NewServeMux(),
		closing: make(chan struct{}),
	}
	if parts.api, err = api.New(api.Options{
		Records: st.records, Config: st.config, Queue: st.queue, Workspace: ws, Guard: guard,
		Vault: secrets, Network: network, Log: p.Log,
		Topics: func(string) []string { return topics }, PublicURL: s.PublicURL, Closing: parts.closing,
		Rehearse: parts.collector.Rehearse, Try: line.Try, Simulate: line.Simulate, Erasures: line,
		Vitals: monitor, Stores: parts.health.storeStates, Disk: func() api.Disk { return p.disk(st) },
	}); err != nil {
		return nil, err
	}
	if parts.tracker, err = trackerAssets(); err != nil {
		return nil, err
	}
	if s.Roles.Has(config.RoleBridge) {
		parts.readers = reader.New(reader.Options{Workspace: ws, Network: network, Resource: road.Resource, Deliver: collector.Deliver, Log: p.Log})
		parts.metrics.readers(parts.readers)
	}
	parts.metrics.stores(st)
	if st.size != nil {
		parts.metrics.disk(func() api.Disk { return p.disk(st) })
	}
	parts.metrics.depths(st.queue, topics)
	parts.metrics.collector(&parts.collector.Counts)
	parts.metrics.flows(&line.Counts)
	p.routes(parts)
	return parts, nil
}

// road says what payloads are processed with.
func (p *Program) road(st *stores, secret []byte) (pipeline.Options, error) {
	s := p.Settings
	var geo *pipeline.Geo
	if s.GeoDatabase != "" {
		var err error
		if geo, err = pipeline.OpenGeo(s.GeoDatabase); err != nil {
			return pipeline.Options{}, err
		}
		st.close = append(st.close, geo.Close)
	}
	instance, err := os.Hostname()
	if err != nil {
		instance = "unknown"
	}
	return pipeline.Options{
		Records: st.records, Locks: st.order, HoldLocks: s.SharedRecords(), Hasher: identity.New(secret), Agents: pipeline.NewAgents(), Geo: geo,
		RefuseBots: s.RefuseBots, SystemEvents: s.SystemEvents, Instance: instance,
		CacheBytes: int(s.MemoryBytes() / 10), Log: p.Log,
	}, nil
}

// routes says which part answers which address.
func (p *Program) routes(parts *parts) {
	mux, roles := parts.mux, p.Settings.Roles
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", parts.health.serveReady)
	mux.Handle("GET /metrics", insiders(parts.guard, parts.metrics.handler()))
	if roles.Has(config.RoleAPI) {
		parts.collector.Routes(mux)
		segment.New(parts.collector, parts.road.Hasher).Routes(mux)
		mux.Handle(api.Prefix+"/", parts.api)
		mux.Handle("GET /tracker/{file...}", parts.tracker)
	}
	if roles.Has(config.RoleGUI) {
		mux.Handle("/", gui.Handler())
	}
}

// components lists what runs, in the order of the start. They stop in reverse order: requests first, then the work behind them.
func (p *Program) components(st *stores, parts *parts, listener net.Listener) []component {
	s := p.Settings
	list := []component{
		{"configuration", parts.workspace.Run},
		{"accounts", parts.guard.Run},
		{"counts of flows", parts.line.KeepTallies},
		{"signs of life", parts.vitals.Run},
	}
	if s.Roles.Has(config.RoleWorker) {
		list = append(list,
			component{"accepted payloads", func(ctx context.Context) error { return parts.collector.Work(ctx, payloadWorkers(s)) }},
			component{"unread messages", parts.collector.WorkUnread},
			component{"flows", func(ctx context.Context) error { return parts.line.WorkFlows(ctx, flowWorkers) }},
			component{"erasures", parts.line.WorkErasures},
			component{"schedules", parts.line.KeepSchedules},
			(&leader{st.locks, p.Log}).component("old records", func(ctx context.Context) error { return parts.line.DropOld(ctx, keepOf(s)) }),
		)
		if config.Shared(s.QueueURL) { // else the queue is as old as its records
			list = append(list, (&leader{st.locks, p.Log}).component("overdue runs", parts.line.WakeOverdue))
		}
		if st.keep != nil {
			list = append(list, (&leader{st.locks, p.Log}).component("indices", st.keep))
		}
	}
	if s.Roles.Has(config.RoleBridge) {
		list = append(list, component{"bridges", parts.readers.Run})
	}
	if st.outbox != nil {
		list = append(list, component{"outbox", st.outbox.Run})
	}
	if s.Demo {
		list = append(list, (&leader{st.locks, p.Log}).component("demo data", p.demoJob(st, parts)))
	}
	http := newServer(s, listener, parts.health, parts.metrics.count(parts.mux), p.Log)
	http.http.RegisterOnShutdown(func() { close(parts.closing) })
	return append(list, component{"http", http.run})
}

// payloadWorkers is how many accepted payloads are in work at once. With a store or the queue on a server most of their time is
// waiting, and those who wait share batches: the more, the less the servers do for each.
func payloadWorkers(s *config.Settings) int {
	records, queue := s.SharedRecords(), config.Shared(s.QueueURL)
	switch {
	case records && queue:
		return 192
	case records || queue:
		return 64
	}
	return 2 * runtime.GOMAXPROCS(0)
}

// announce makes the first administrator, or tells how to, and says where the program is.
func (p *Program) announce(ctx context.Context, parts *parts, listener net.Listener) error {
	s := p.Settings
	if s.AdminEmail != "" {
		if err := parts.guard.EnsureAdmin(ctx, tracardi.DefaultTenant, s.AdminEmail, s.AdminPassword); err != nil {
			return fmt.Errorf("make the administrator of admin-email and admin-password: %w", err)
		}
	}
	home := address(s, listener)
	token := ""
	if s.Roles.Has(config.RoleAPI) { // others cannot take it
		var err error
		if token, err = parts.guard.SetupToken(ctx, tracardi.DefaultTenant); err != nil {
			return err
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Tracardi %s is ready: %s\n", p.Version, home)
	if token != "" {
		fmt.Fprintf(&text, "There is no administrator yet. Make the first account here; the link works once, for a day:\n  %s/setup?token=%s\n", home, token)
	}
	_, err := io.WriteString(p.Out, text.String())
	return err
}

// insiders lets in programs on this machine and administrators: numbers tell a lot about a business.
func insiders(guard *auth.Guard, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err == nil && peer.Addr().Unmap().IsLoopback() && direct(r) {
			next.ServeHTTP(w, r)
			return
		}
		if guard == nil { // no administrators are known to the web application alone
			http.Error(w, "ask from this machine", http.StatusUnauthorized)
			return
		}
		actor, err := guard.Identify(w, r, tracardi.DefaultTenant)
		if err != nil || actor.Role != auth.Admin || !actor.Has("metrics:read") {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "ask from this machine, or with the bearer token of an administrator", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
