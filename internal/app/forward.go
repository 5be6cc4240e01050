package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/api"
)

// Limits on the way to an API elsewhere. What it does itself, it limits itself.
const (
	connectTimeout = 5 * time.Second
	answerTimeout  = 90 * time.Second // until an answer begins: longer than the longest question takes
	stallTimeout   = time.Minute      // that a browser takes nothing of an answer
	retryAfter     = 5 * time.Second
)

// via marks what was forwarded, so that a process that is its own API is found out.
const via = "1.1 tracardi-gui"

// forwarder passes requests on to the process that serves the API, for the web application of a process without one.
type forwarder struct {
	to    *url.URL
	http  *http.Transport
	proxy *httputil.ReverseProxy
	log   *slog.Logger
}

func newForwarder(apiURL string, log *slog.Logger) (*forwarder, error) {
	to, err := url.Parse(apiURL)
	if err != nil {
		return nil, fmt.Errorf("api-url %q: %w", apiURL, err)
	}
	f := &forwarder{to: to, log: log, http: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: answerTimeout,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       idleTimeout,
		DisableCompression:    true, // what the browser asks for goes through as it is
	}}
	f.proxy = &httputil.ReverseProxy{
		Rewrite:       f.rewrite,
		Transport:     f.http,
		FlushInterval: -1, // live events and exports are not held up
		ErrorHandler:  f.fail,
		ErrorLog:      slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return f, nil
}

// routes are what the pages ask of an API, and where they tell people to send events: what the collector and its dialects serve.
func (f *forwarder) routes(mux *http.ServeMux) {
	for _, path := range []string{"/api", "/tracker", "/track", "/collect", "/redirect", "/pixel", "/v1", "/beacon", "/sourceConfig"} {
		mux.Handle(path, f)
		mux.Handle(path+"/", f)
	}
}

// rewrite keeps the host: the API compares it with the page that a request comes from. RemoteAddr is the client's own here, and
// only what a trusted proxy told of it is left in the headers.
func (f *forwarder) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(f.to)
	r.Out.Host = r.In.Host
	r.SetXForwarded()
	if proto := r.In.Header.Get("X-Forwarded-Proto"); proto != "" {
		r.Out.Header.Set("X-Forwarded-Proto", proto)
	}
	r.Out.Header.Set("Via", via)
}

// ServeHTTP implements http.Handler.
func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(strings.Join(r.Header.Values("Via"), ","), via) {
		f.refuse(w, http.StatusLoopDetected, "this process forwards to itself: api-url must name a process that serves the API")
		return
	}
	control := http.NewResponseController(w)
	if r.Method == http.MethodGet {
		// The limit on reading is meant for requests, and would end a stream. A writer without deadlines has none to lift.
		_ = control.SetReadDeadline(time.Time{})
	}
	f.proxy.ServeHTTP(&steady{w, control}, r)
}

// steady gives each piece of an answer its own time.
type steady struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (s *steady) Write(piece []byte) (int, error) {
	_ = s.control.SetWriteDeadline(time.Now().Add(stallTimeout)) // a writer without deadlines has no limit to move
	return s.ResponseWriter.Write(piece)
}

// Unwrap lets the piece be flushed.
func (s *steady) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// fail answers when the API did not.
func (f *forwarder) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the asker has gone
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		f.refuse(w, http.StatusRequestEntityTooLarge, "the request is larger than this installation takes")
		return
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	id := f.refuse(w, http.StatusServiceUnavailable, "the API gives no answer: try again in a moment. "+
		"If that goes on, tell whoever runs this installation to start its API, or to look at the api-url of the web application")
	f.log.Warn("the API gives no answer", "api", f.to.Host, "request", id, "error", err)
}

// refuse answers in the place of the API, and returns the id by which the asker may name the request.
func (f *forwarder) refuse(w http.ResponseWriter, status int, detail string) (id string) {
	id = rand.Text()
	w.Header().Set("X-Request-Id", id)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// Who cannot be told has gone.
	_ = json.NewEncoder(w).Encode(api.Problem{Title: http.StatusText(status), Status: status, Detail: detail, RequestID: id})
	return id
}

// ping tells whether the API answers.
func (f *forwarder) ping(ctx context.Context) error {
	// The API's description needs no store behind it, and a web application alone has none.
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, f.to.JoinPath(api.Prefix, "openapi.json").String(), nil)
	if err != nil {
		return err
	}
	answer, err := f.http.RoundTrip(r)
	if err != nil {
		return tracardi.Errorf(tracardi.Unavailable, "gives no answer: start it, or look at api-url")
	}
	defer answer.Body.Close() //nolint:errcheck // nothing was read
	if answer.StatusCode != http.StatusOK {
		return tracardi.Errorf(tracardi.Unavailable, "answers %d: api-url must name a process that serves the API", answer.StatusCode)
	}
	return nil
}

// run closes what is left of connections at the end.
func (f *forwarder) run(ctx context.Context) error {
	<-ctx.Done()
	f.http.CloseIdleConnections()
	return nil
}
