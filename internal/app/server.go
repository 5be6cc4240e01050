package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/tracardi/tracardi-go/internal/config"
)

// Limits on slow and greedy clients. The size of a body is a setting.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = time.Minute
	writeTimeout   = 2 * time.Minute // streams extend it while they make progress
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
)

// server is the component that answers HTTP.
type server struct {
	http     *http.Server
	listener net.Listener
	health   *health
	delay    time.Duration // from "not ready" to refusing connections
	timeout  time.Duration // for requests that are running then
	log      *slog.Logger
}

func newServer(s *config.Settings, listener net.Listener, health *health, handler http.Handler, log *slog.Logger) *server {
	return &server{
		http: &http.Server{
			Handler:           believe(s.TrustedProxies, guarded(log, parting(health, http.MaxBytesHandler(handler, s.MaxBodyBytes)))),
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
		listener: listener, health: health, delay: s.ShutdownDelay, timeout: s.ShutdownTimeout, log: log,
	}
}

// run serves until ctx ends. Then it says that it is not ready, takes no more connections and waits for running requests.
func (s *server) run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.health.stopping.Store(true)
	select {
	case err := <-failed:
		return err
	case <-time.After(s.delay):
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
	defer cancel()
	if err := s.http.Shutdown(limit); err != nil {
		s.log.Warn("gave up waiting for running requests; nothing of them was acknowledged", "after", s.timeout)
		_ = s.http.Close() // they are cut off, which is all that is left to do
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// parting lets connections go with their next answer while the server stops. Whoever asks next opens one to another server,
// instead of sending a request into one that is being closed.
func parting(health *health, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if health.stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// listen takes the address, so that one in use is found out before any data is touched.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is in use by another program, maybe another Tracardi: stop it, or choose another address with --addr", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("the address %s does not belong to this machine: choose another one with --addr", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the address %s is not for everyone: choose a port from 1024 on with --addr, or allow this program the low ones", addr)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w: choose another address with --addr", addr, err)
	}
	return listener, nil
}

// guarded keeps a panic of one request from the others and has each request logged at debug level.
func guarded(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if log.Enabled(r.Context(), slog.LevelDebug) {
			log.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "client", r.RemoteAddr)
		}
		defer func() {
			problem := recover()
			if problem == nil {
				return
			}
			if err, ok := problem.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(problem)
			}
			reference := rand.Text()[:10]
			log.ErrorContext(r.Context(), "a request broke", "reference", reference, "panic", problem, "stack", string(debug.Stack()))
			http.Error(w, "internal error, reference "+reference, http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// address is where browsers find the program.
func address(s *config.Settings, listener net.Listener) string {
	if s.PublicURL != "" {
		return strings.TrimSuffix(s.PublicURL, "/")
	}
	host, _, err := net.SplitHostPort(s.Addr)
	_, port, portErr := net.SplitHostPort(listener.Addr().String())
	if err != nil || portErr != nil {
		return "http://" + listener.Addr().String()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
