package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
)

// rounds counts what one API and one worker ask their servers for a payload that was accepted into the queue: the requests to
// Elasticsearch pass a proxy, Redis and MySQL tell theirs. All three count what others ask at the same time.
func rounds(ctx context.Context, s settings) error {
	servers := place.FromEnvironment()
	if servers.MySQL == "" || servers.Redis == "" || servers.Pulsar == "" || servers.Elasticsearch == "" {
		return errors.New(`start the servers: eval "$(test/services/up mariadb redis pulsar elasticsearch)"`)
	}
	web, err := countRequests(servers.Elasticsearch)
	if err != nil {
		return err
	}
	defer web.Close()
	set := &clusterSet{settings: s, index: place.Indices{Web: servers.Elasticsearch, Prefix: fmt.Sprintf("bench%x", time.Now().UnixNano())}}
	defer func() { _ = servers.Remove(set.index.Prefix) }() // left-overs cost only room
	counted := servers
	counted.Elasticsearch = web.URL
	if set.args, err = counted.Settings(set.index.Prefix); err != nil {
		return err
	}
	if set.api, err = startRole(ctx, s, "api", set.args...); err != nil {
		return err
	}
	defer set.api.stop()
	if err := set.api.makeSource(); err != nil {
		return err
	}
	defer set.stop()
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
		before, err := askedFor(web, servers)
		if err != nil {
			return err
		}
		got, err := set.drain(ctx, load)
		if err != nil {
			return err
		}
		after, err := askedFor(web, servers)
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
func askedFor(web *webCount, servers place.Servers) (map[string]int64, error) {
	web.mu.Lock()
	kinds := maps.Clone(web.kinds)
	web.mu.Unlock()
	questions, err := servers.Questions()
	if err != nil {
		return nil, err
	}
	kinds["mysql"] = questions
	return kinds, redisCommands(servers.Redis, kinds)
}

// redisCommands adds the commands that a Redis has done. Those of a script count beside the script.
func redisCommands(server string, kinds map[string]int64) error {
	u, err := url.Parse(server)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", u.Host, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it was read
	if _, err := io.WriteString(conn, "INFO commandstats\r\n"); err != nil {
		return err
	}
	answer := bufio.NewReader(conn)
	head, err := answer.ReadString('\n')
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "$")))
	if err != nil {
		return fmt.Errorf("redis answered %q", head)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(answer, text); err != nil {
		return err
	}
	for line := range strings.SplitSeq(string(text), "\r\n") {
		if name, rest, found := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls="); found {
			calls, _, _ := strings.Cut(rest, ",")
			if kinds["redis "+name], err = strconv.ParseInt(calls, 10, 64); err != nil {
				return err
			}
		}
	}
	return nil
}
