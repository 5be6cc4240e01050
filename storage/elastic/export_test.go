package elastic

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// Refresh makes searches see everything that is stored.
func (s *Store) Refresh(ctx context.Context) error {
	return s.client.call(ctx, http.MethodPost, "/"+s.indices.prefix+"-*/_refresh", nil, nil)
}

// Rebuild rebuilds what must be rebuilt now, in small steps, and removes at once what was replaced.
func (s *Store) Rebuild(ctx context.Context) error {
	k := newKeeper(s)
	k.page, k.keep = 20, 0
	return k.look(ctx)
}

// Indices names the indices of a mutable collection; the one in use is marked.
func (s *Store) Indices(ctx context.Context, c storage.Collection) (names []string, err error) {
	list, err := s.indices.generations(ctx, c)
	for _, g := range list {
		name := strings.TrimPrefix(g.name, s.indices.prefix)
		if g.inUse {
			name += "*"
		}
		names = append(names, name)
	}
	return names, err
}

// At turns the clock by which documents come into monthly indices.
func (s *Store) At(t time.Time) { s.indices.now = func() time.Time { return t } }

// Wipe deletes all indices of the prefix.
func (s *Store) Wipe(ctx context.Context) error {
	var names map[string]struct{}
	if err := s.client.call(ctx, http.MethodGet, "/"+s.indices.prefix+"-*/_alias", nil, &names); err != nil {
		return err
	}
	if len(names) > 0 { // one request, since each is a new state of the whole cluster
		if err := s.client.call(ctx, http.MethodDelete, "/"+strings.Join(slices.Collect(maps.Keys(names)), ","), nil, nil); err != nil {
			return err
		}
	}
	return s.client.call(ctx, http.MethodDelete, "/_index_template/"+s.indices.prefix+"-*", nil, nil)
}

// OpenMortal opens a store that dies after some steps of its change sets: from then on nothing of it reaches the server. A step
// that writes several documents is two of them: the process may die in the middle.
func OpenMortal(t testing.TB, a *Address, steps int) *Store {
	t.Helper()
	s, err := Open(context.Background(), a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Committer.Close()
	m := &mortal{engine: engine{s}}
	m.left.Store(int64(steps))
	s.Committer = ordered.New(m, ordered.Options{Within: 3 * time.Second})
	return s
}

// OpenHalting opens a store that decides change sets, and finishes none before resume is called.
func OpenHalting(t testing.TB, a *Address) (s *Store, resume func()) {
	t.Helper()
	s, err := Open(context.Background(), a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Committer.Close()
	h := &halting{engine: engine{s}}
	s.Committer = ordered.New(h, ordered.Options{Within: 3 * time.Second})
	return s, func() { h.goesOn.Store(true) }
}

type halting struct {
	engine
	goesOn atomic.Bool
}

func (h *halting) Put(ctx context.Context, docs []*ordered.Document) []ordered.Result {
	if decides := docs[0].Lax; decides || h.goesOn.Load() {
		return h.engine.Put(ctx, docs)
	}
	results := make([]ordered.Result, len(docs))
	for i := range results {
		results[i].Err = tracardi.Errorf(tracardi.Unavailable, "the server is away")
	}
	return results
}

type mortal struct {
	engine
	left atomic.Int64
}

func (m *mortal) dead() error {
	if m.left.Add(-1) >= 0 {
		return nil
	}
	return tracardi.Errorf(tracardi.Unavailable, "the process is dead")
}

func (m *mortal) Put(ctx context.Context, docs []*ordered.Document) []ordered.Result {
	results := make([]ordered.Result, len(docs))
	half := len(docs) / 2
	for _, part := range [][2]int{{0, half}, {half, len(docs)}} {
		if part[0] == part[1] {
			continue
		}
		err := m.dead()
		for i := part[0]; i < part[1]; i++ {
			results[i].Err = err
		}
		if err == nil {
			copy(results[part[0]:], m.engine.Put(ctx, docs[part[0]:part[1]]))
		}
	}
	return results
}

func (m *mortal) Note(ctx context.Context, id string, entry []byte, done []string) error {
	if err := m.dead(); err != nil {
		return err
	}
	return m.engine.Note(ctx, id, entry, done)
}

// StoredForm is the form in which a document is stored, as far as it is known before it is written.
func StoredForm(tenant string, schema *storage.Schema, doc *storage.Doc) string {
	return string(source(tenant, schema, doc))
}
