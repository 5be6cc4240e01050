package elastic_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// gate lets requests pass to a server and counts those that get documents. It holds as many of them as it is told to.
type gate struct {
	*httptest.Server
	mu   sync.Mutex
	gets int
	hold int
	held chan struct{} // gets one for each that is held
	open chan struct{} // closed when they may go on
}

func newGate(t *testing.T, web string) *gate {
	t.Helper()
	target, err := url.Parse(web)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	g := &gate{held: make(chan struct{}, 100), open: make(chan struct{})}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_mget") && g.stops() {
			g.held <- struct{}{}
			<-g.open
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gate) stops() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gets++
	g.hold--
	return g.hold >= 0
}

func (g *gate) holdNext(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hold, g.gets = n, 0
}

// withSessions opens a store behind a gate and puts sessions into it.
func withSessions(t *testing.T, count int) (*gate, *elastic.Store) {
	t.Helper()
	g := newGate(t, storagetest.Server(t, servers[0].variable))
	s := fresh(t, address(t, servers[0].scheme, g.URL))
	var writes []storage.Write
	for i := range count {
		writes = append(writes, write(storage.Sessions, fmt.Sprint("s", i), 0, `,"profile":{"id":"p"}`))
	}
	if err := commit(s, tenant, writes); err != nil {
		t.Fatal(err)
	}
	return g, s
}

// TestReadsAreBundled has many read at once: while two requests are held, the others wait for no more than one that has them all,
// and everybody gets what they asked for.
func TestReadsAreBundled(t *testing.T) {
	t.Parallel()
	const readers = 200
	g, s := withSessions(t, readers)
	g.holdNext(0)
	var wait sync.WaitGroup
	for i := range readers {
		wait.Go(func() {
			ids := []string{fmt.Sprint("s", i), fmt.Sprint("none", i)}
			docs, err := s.Read(context.Background(), tenant, storage.Sessions, ids)
			if err != nil || docs[0].ID != ids[0] || docs[0].Version != 1 || docs[1].Body != nil {
				t.Errorf("%v: %v %v", ids, docs, err)
			}
		})
	}
	wait.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gets > readers/2 {
		t.Errorf("%d readers at once took %d requests", readers, g.gets)
	}
}

// TestSlowReadsHoldUpNobody has two requests get no answer. Others are answered all the same, and who gives up waiting may go.
func TestSlowReadsHoldUpNobody(t *testing.T) {
	t.Parallel()
	g, s := withSessions(t, 1)
	g.holdNext(2)
	release := sync.OnceFunc(func() { close(g.open) })
	defer release()
	read := func(ctx context.Context) error {
		docs, err := s.Read(ctx, tenant, storage.Sessions, []string{"s0"})
		if err == nil && docs[0].Version != 1 {
			err = fmt.Errorf("read %v", docs)
		}
		return err
	}
	impatient, leave := context.WithCancel(context.Background())
	slow := make(chan error, 2)
	for _, ctx := range []context.Context{impatient, context.Background()} {
		go func() { slow <- read(ctx) }()
		<-g.held
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := read(ctx); err != nil {
		t.Errorf("beside two requests without an answer: %v", err)
	}
	leave()
	if err := <-slow; err == nil {
		t.Error("who gave up got an answer that was held")
	}
	release()
	if err := <-slow; err != nil {
		t.Error(err)
	}
}
