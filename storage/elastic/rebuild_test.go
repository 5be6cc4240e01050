package elastic_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// people are profiles with a session each that a test changes; it alone does, so that each change must be taken.
type people struct {
	mu       sync.Mutex
	versions map[string]uint64 // that were acknowledged; 0 for a deleted one
}

// change loads a person, changes it, or makes it, and reads it back.
func (p *people) change(s storage.Records, id string) error {
	p.mu.Lock()
	version := p.versions[id]
	p.mu.Unlock()
	if err := p.look(s, id, version); err != nil {
		return err
	}
	writes := []storage.Write{
		write(storage.Profiles, id, version, fmt.Sprintf(`,"ids":[%q,"k-%s"],"visits":%d`, id, id, version+1)),
		write(storage.Sessions, id, version, fmt.Sprintf(`,"profile":{"id":%q}`, id)),
	}
	if err := commit(s, tenant, writes); err != nil {
		return fmt.Errorf("change %s of version %d: %w", id, version, err)
	}
	p.mu.Lock()
	p.versions[id] = version + 1
	p.mu.Unlock()
	return p.look(s, id, version+1)
}

// look compares what is stored of a person.
func (p *people) look(s storage.Records, id string, version uint64) error {
	for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
		docs, err := s.Read(context.Background(), tenant, c, []string{id})
		if err != nil {
			return err
		}
		if docs[0].Version != version {
			return fmt.Errorf("%s %s has version %d, want %d", c, id, docs[0].Version, version)
		}
	}
	page, err := s.Search(context.Background(), tenant, storage.Profiles, storage.Query{Where: expr.Holds(expr.MustPath("ids"), "k-"+id)})
	if err == nil && len(page.Docs) != int(min(version, 1)) {
		err = fmt.Errorf("%d profiles are found by the key of %s with version %d", len(page.Docs), id, version)
	}
	return err
}

// remove deletes a person.
func (p *people) remove(s storage.Records, id string) error {
	for _, c := range []storage.Collection{storage.Sessions, storage.Profiles} {
		if n, err := s.Delete(context.Background(), tenant, c, []string{id}); n != 1 || err != nil {
			return fmt.Errorf("delete the %s %s: %d, %w", c, id, n, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.versions[id] = 0
	return nil
}

// verify compares everything that is stored.
func (p *people) verify(t *testing.T, s *elastic.Store) {
	t.Helper()
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var alive int64
	for _, version := range p.versions {
		alive += int64(min(version, 1))
	}
	ids := slices.Sorted(maps.Keys(p.versions))
	for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
		docs, err := s.Read(t.Context(), tenant, c, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			if doc.Version != p.versions[doc.ID] {
				t.Errorf("%s %s has version %d, want %d", c, doc.ID, doc.Version, p.versions[doc.ID])
			}
		}
		if n, err := s.Count(t.Context(), tenant, c, storage.Query{}); n != alive || err != nil {
			t.Errorf("%d %s documents, want %d: %v", n, c, alive, err)
		}
	}
}

// TestRebuildUnderLoad replaces the indices of profiles and sessions, twice, while two other processes write, read, look up and
// delete. Every change is taken, nothing is lost, nothing is stale, nothing that was deleted comes back.
func TestRebuildUnderLoad(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			at := address(t, server.scheme, storagetest.Server(t, server.variable))
			keeper := fresh(t, at)
			stores := []*elastic.Store{open(t, at), open(t, at)}
			everybody := people{versions: map[string]uint64{}}
			ctx, cancel := context.WithCancel(t.Context())
			var changes atomic.Int64
			var working sync.WaitGroup
			for w := range 4 {
				working.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						id := fmt.Sprintf("p%d-%d", w, i%20)
						s := stores[(w+i/20)%2] // every round it is the other process
						err := everybody.change(s, id)
						if err == nil && i%10 == 9 {
							err = everybody.remove(s, id)
						}
						if err != nil {
							t.Error(err)
							return
						}
						changes.Add(1)
					}
				})
			}
			until := func(n int64) {
				for n += changes.Load(); changes.Load() < n && !t.Failed(); {
					time.Sleep(time.Millisecond) //lint:allow sleep the load goes on meanwhile
				}
			}
			until(60)
			for round := range 2 {
				for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
					if err := keeper.RequestRebuild(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				}
				before := changes.Load()
				if err := keeper.Rebuild(t.Context()); err != nil {
					t.Fatal(err)
				}
				if changes.Load() == before {
					t.Errorf("nothing was changed during rebuild %d", round+1)
				}
				until(20)
			}
			cancel()
			working.Wait()
			everybody.verify(t, stores[0])
			if err := keeper.Rebuild(t.Context()); err != nil { // which removes what was replaced
				t.Fatal(err)
			}
			for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
				names, err := keeper.Indices(t.Context(), c)
				if want := []string{"-" + string(c) + "-000003*"}; err != nil || !slices.Equal(names, want) {
					t.Errorf("the indices are %v, want %v: %v", names, want, err)
				}
			}
			for _, s := range stores {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// dying is a server that can be reached for some requests only.
type dying struct {
	*httptest.Server
	left atomic.Int64
	gone chan struct{}
}

func newDying(t *testing.T, web string) *dying {
	to, err := url.Parse(web)
	if err != nil {
		t.Fatal(err)
	}
	d := &dying{gone: make(chan struct{})}
	d.left.Store(1 << 30)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // requests are cut off on purpose
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		left := d.left.Add(-1)
		if left == -1 {
			close(d.gone)
		}
		if left < 0 {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

// TestRebuildGoesOn cuts the process that rebuilds off from the server after each of its requests. Another one goes on, while
// people come, change and go: everything is there afterwards.
func TestRebuildGoesOn(t *testing.T) {
	for i, server := range servers[:2] { // each takes a fourth of the steps, at random
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			web := storagetest.Server(t, server.variable)
			at := address(t, server.scheme, web)
			other := fresh(t, at)
			everybody := people{versions: map[string]uint64{}}
			var coming sync.WaitGroup
			for w := range 5 {
				coming.Go(func() {
					for i := range 10 {
						if err := everybody.change(other, fmt.Sprintf("p%d-%d", w, i)); err != nil {
							t.Error(err)
						}
					}
				})
			}
			coming.Wait()
			steps := 2*i + rand.IntN(2)
			for ; !dieInRebuild(t, other, &everybody, web, at, steps); steps += 4 {
				if t.Failed() || steps > 100 {
					t.Fatalf("after %d steps the rebuild is not done", steps)
				}
			}
			if steps < 15 {
				t.Errorf("the rebuild took %d steps only", steps)
			}
			everybody.verify(t, other)
		})
	}
}

// dieInRebuild tells whether the rebuild was done before its process died.
func dieInRebuild(t *testing.T, other *elastic.Store, everybody *people, web, at string, steps int) (survived bool) {
	t.Helper()
	server := newDying(t, web)
	mortal := open(t, strings.Replace(at, web[len("http://"):], server.Listener.Addr().String(), 1))
	defer mortal.Close() //nolint:errcheck // it is cut off
	if err := other.RequestRebuild(t.Context(), storage.Profiles); err != nil {
		t.Fatal(err)
	}
	server.left.Store(int64(steps))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-server.gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	survived = mortal.Rebuild(ctx) == nil
	var meanwhile sync.WaitGroup // writes may have to wait for the one that goes on
	meanwhile.Go(func() {
		fixed, fleeting := fmt.Sprintf("p%d-%d", steps%5, steps/5%10), fmt.Sprintf("f%d", steps)
		for _, do := range []func() error{
			func() error { return everybody.change(other, fixed) },
			func() error { return everybody.change(other, fleeting) },
			func() error { return everybody.remove(other, fleeting) },
		} {
			if err := do(); err != nil {
				t.Errorf("after %d steps: %v", steps, err)
			}
		}
	})
	if err := other.Rebuild(t.Context()); err != nil {
		t.Errorf("after %d steps: %v", steps, err)
	}
	meanwhile.Wait()
	names, err := other.Indices(t.Context(), storage.Profiles)
	if err != nil || len(names) > 2 || !strings.HasSuffix(names[len(names)-1], "*") { // one may be about to be removed
		t.Errorf("after %d steps the indices are %v: %v", steps, names, err)
	}
	if n, err := other.Count(t.Context(), tenant, storage.Profiles, storage.Query{}); n < 50 || err != nil {
		t.Errorf("after %d steps %d profiles are found: %v", steps, n, err)
	}
	return survived
}

// TestRebuildIsForWhatChanges refuses to rebuild what never changes.
func TestRebuildIsForWhatChanges(t *testing.T) {
	server := servers[0]
	s := fresh(t, address(t, server.scheme, storagetest.Server(t, server.variable)))
	if err := s.RequestRebuild(t.Context(), storage.Events); tracardi.KindOf(err) != tracardi.Invalid {
		t.Errorf("got %v", err)
	}
}
