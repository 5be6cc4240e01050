package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/tracardi/tracardi-go/e2e/place"
)

// rounds counts what one API and one worker ask their servers for a payload that was accepted into the queue: the requests to
// Elasticsearch pass a proxy, Redis and MySQL tell theirs. All three count what others ask at the same time.
func rounds(ctx context.Context, s settings) error {
	servers, err := clusterServers()
	if err != nil {
		return err
	}
	web, err := countRequests(servers.Elasticsearch)
	if err != nil {
		return err
	}
	defer web.Close()
	counted := servers
	counted.Elasticsearch = web.URL
	set, err := startCluster(ctx, s, counted)
	if err != nil {
		return err
	}
	defer set.stop()
	set.index.Web = servers.Elasticsearch // what is asked here does not count
	worker, err := startRole(ctx, s, "worker", set.args...)
	if err != nil {
		return err
	}
	set.workers = append(set.workers, worker)
	fmt.Printf("\n| | payloads | requests of each kind, for 100 payloads | processor time of an event |\n|---|---|---|---|\n")
	for _, load := range loadsOf(s) {
		if _, err := set.drain(ctx, queued{load.name, load.requests/5 + 1, 0, load.body}); err != nil { // to warm up
			return err
		}
		before, err := askedFor(ctx, web, servers)
		if err != nil {
			return err
		}
		got, err := set.drain(ctx, load)
		if err != nil {
			return err
		}
		after, err := askedFor(ctx, web, servers)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %d |", load.name, load.requests)
		for _, kind := range slices.Sorted(maps.Keys(after)) {
			if n := after[kind] - before[kind]; n > 0 {
				fmt.Printf(" %s %.1f;", kind, float64(n)/float64(load.requests)*100)
			}
		}
		fmt.Printf(" | %.0f µs |\n", got.cpu)
	}
	return nil
}

// webCount is a proxy that counts requests by what they do.
type webCount struct {
	*httptest.Server
	mu    sync.Mutex
	kinds map[string]int64
}

func countRequests(web string) (*webCount, error) {
	target, err := url.Parse(web)
	if err != nil {
		return nil, err
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = queuedConnections
	forward.Transport = transport
	c := &webCount{kinds: map[string]int64{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := "other"
		if _, operation, found := strings.Cut(r.URL.Path, "/_"); found {
			kind, _, _ = strings.Cut(operation, "/")
		}
		c.mu.Lock()
		c.kinds["elasticsearch "+kind]++
		c.mu.Unlock()
		forward.ServeHTTP(w, r)
	}))
	return c, nil
}

// askedFor tells how often each kind of request was made so far.
func askedFor(ctx context.Context, web *webCount, servers place.Servers) (map[string]int64, error) {
	web.mu.Lock()
	kinds := maps.Clone(web.kinds)
	web.mu.Unlock()
	questions, err := servers.Questions()
	if err != nil {
		return nil, err
	}
	kinds["mysql"] = questions
	commands, err := servers.Commands(ctx)
	for name, calls := range commands {
		kinds["redis "+name] = calls
	}
	return kinds, err
}
