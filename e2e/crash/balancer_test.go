package crash

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// balancer passes requests on to the servers that say that they are ready, one after the other, as those do that people put in
// front of a cluster. A server that refuses the connection is passed over: it has not seen the request.
type balancer struct {
	*httptest.Server
	mu     sync.Mutex
	behind []*backend
	next   int
}

// backend is a server behind the balancer.
type backend struct {
	server *server
	base   *url.URL
	pages  bool // of the web application; the others are APIs
	ready  bool
}

// apiPaths begin what goes to the APIs, as in deploy/Caddyfile; everything else is the web application's.
var apiPaths = []string{"/api/", "/track", "/collect/", "/redirect/", "/pixel/", "/v1/", "/tracker/", "/beacon/", "/sourceConfig"}

func newBalancer(t testing.TB) *balancer {
	t.Helper()
	b := &balancer{}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetXForwarded() },
		Transport: b,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
	}
	b.Server = httptest.NewServer(proxy)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.watch(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		b.Close()
	})
	return b
}

// add puts a server behind the balancer and waits until it gets requests.
func (b *balancer) add(s *server, pages bool) {
	b.put(s, pages)
	await(s.t, "the balancer to use the server", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, each := range b.behind {
			if each.server == s {
				return each.ready
			}
		}
		return false
	})
}

// put puts a server behind the balancer; it gets requests once it is ready.
func (b *balancer) put(s *server, pages bool) {
	base, err := url.Parse(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.behind = append(b.behind, &backend{server: s, base: base, pages: pages})
}

// watch asks the servers again and again whether they are ready, and forgets those that have ended.
func (b *balancer) watch(ctx context.Context) {
	client := &http.Client{Timeout: 3 * time.Second}
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		b.mu.Lock()
		behind := append([]*backend{}, b.behind...)
		b.mu.Unlock()
		for _, each := range behind {
			response, err := client.Get(each.base.String() + "/readyz")
			if err == nil {
				response.Body.Close()
			}
			b.mu.Lock()
			each.ready = err == nil && response.StatusCode == http.StatusOK
			b.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// choose returns the ready servers for an address, beginning with the one whose turn it is.
func (b *balancer) choose(path string) (list []*backend) {
	pages := !slices.ContainsFunc(apiPaths, func(begin string) bool { return strings.HasPrefix(path, begin) })
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	for i := range b.behind {
		if each := b.behind[(b.next+i)%len(b.behind)]; each.ready && each.pages == pages {
			list = append(list, each)
		}
	}
	return list
}

var errNobody = errors.New("no server is ready")

// RoundTrip implements http.RoundTripper.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	err := errNobody
	for _, each := range b.choose(r.URL.Path) {
		r.URL.Scheme, r.URL.Host = each.base.Scheme, each.base.Host
		var response *http.Response
		response, err = each.server.client.Transport.RoundTrip(r)
		if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "dial" {
			return response, err
		}
	}
	return nil, err
}
