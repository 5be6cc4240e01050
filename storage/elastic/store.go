package elastic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// Options are what a store works with.
type Options struct {
	Queue func() storage.Queue // takes the messages of change sets; nil when there are none
	Log   *slog.Logger
}

// Store is a storage.Records on Elasticsearch or OpenSearch. Any number of processes may share the servers.
type Store struct {
	*ordered.Committer
	client  *client
	indices *indices
	log     *slog.Logger
	closed  atomic.Bool

	documents *gather[found]
	slots     *gather[slotNote]     // of keys that are looked up
	entries   *gather[journalEntry] // of change sets that documents belong to

	// What is remembered of documents. Both are shortcuts: the servers compare again.
	states    *otter.Cache[string, ordered.State] // of mutable documents, by key
	confirmed *otter.Cache[string, struct{}]      // keys that are known to lead to a document
}

const rememberedDocuments = 100_000

// Open connects to the servers and makes the indices that are missing. Close it after use.
func Open(ctx context.Context, a *Address, o Options) (*Store, error) {
	c, err := newClient(a)
	if err != nil {
		return nil, fmt.Errorf("records-url: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{
		client: c, indices: newIndices(c, a.Prefix), log: o.Log,
		documents: &gather[found]{client: c, fields: wholeDocument}, slots: &gather[slotNote]{client: c, fields: []string{"id"}},
		entries:   &gather[journalEntry]{client: c, fields: []string{"entry"}},
		states:    otter.Must(&otter.Options[string, ordered.State]{MaximumSize: rememberedDocuments}),
		confirmed: otter.Must(&otter.Options[string, struct{}]{MaximumSize: rememberedDocuments}),
	}
	if err := s.greet(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	if err := s.indices.prepare(ctx); err != nil {
		if r, ok := errors.AsType[*refusal](err); ok && r.status == http.StatusForbidden {
			err = tracardi.Errorf(tracardi.Invalid, "records-url: the user or key lacks rights on %s: %w; docs/storage/elastic.md lists those that it needs", a, err)
		}
		return nil, errors.Join(err, c.close())
	}
	s.Committer = ordered.New(engine{s}, ordered.Options{Queue: o.Queue, Log: o.Log})
	return s, nil
}

// greet finds out whether there is a server that this package can work with.
func (s *Store) greet(ctx context.Context) error {
	var hello struct {
		Version struct {
			Number       string `json:"number"`
			Distribution string `json:"distribution"`
		} `json:"version"`
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := s.client.call(ctx, http.MethodGet, "/", nil, &hello)
	if err != nil {
		return s.client.explain(ctx, err)
	}
	product := "Elasticsearch"
	if hello.Version.Distribution == "opensearch" {
		product = "OpenSearch"
	}
	major := 0
	if _, err := fmt.Sscanf(hello.Version.Number, "%d.", &major); err != nil {
		return fmt.Errorf("records-url: what answers at %s is neither Elasticsearch nor OpenSearch", s.client.address)
	}
	if product == "Elasticsearch" && major < 8 || product == "OpenSearch" && major < 2 {
		return fmt.Errorf("records-url: %s %s is too old: Elasticsearch 8 or OpenSearch 2 is the least", product, hello.Version.Number)
	}
	s.log.Info("records", "engine", product, "version", hello.Version.Number, "servers", s.client.address.String(), "prefix", s.client.address.Prefix)
	return nil
}

// begin tells whether a method may go to work.
func (s *Store) begin(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed()
	}
	if err := ctx.Err(); err != nil {
		return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the request has ended", Err: err}
	}
	return nil
}

// Close implements storage.Records.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.Committer.Close()
	s.documents.close()
	s.slots.close()
	s.entries.close()
	return s.client.close()
}

// Ping implements storage.Records.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	var health struct {
		Status   string `json:"status"`
		TimedOut bool   `json:"timed_out"`
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	path := "/_cluster/health/" + s.indices.prefix + "-*?wait_for_status=yellow&timeout=2s"
	if err := s.client.call(ctx, http.MethodGet, path, nil, &health); err != nil {
		return err
	}
	if health.TimedOut || health.Status == "red" {
		return tracardi.Errorf(tracardi.Unavailable, "some of the indices %s-* are not ready: their state is %s", s.indices.prefix, health.Status)
	}
	return nil
}

// Read implements storage.Records.
func (s *Store) Read(ctx context.Context, tenant string, c storage.Collection, ids []string) ([]storage.Doc, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	docs := make([]storage.Doc, len(ids))
	for i, id := range ids {
		docs[i].ID = id
	}
	found, err := s.settled(ctx, tenant, c, ids)
	for i, id := range ids {
		if f := found[id]; f != nil {
			docs[i] = f.doc()
		}
	}
	return docs, err
}

// settled fetches documents by id, after the change sets that wrote them are finished.
func (s *Store) settled(ctx context.Context, tenant string, c storage.Collection, ids []string) (map[string]*found, error) {
	docs, err := s.fetch(ctx, tenant, c, ids)
	if err != nil || storage.SchemaOf(c).Immutable {
		return docs, err
	}
	var stamps []string
	for _, f := range docs {
		stamps = append(stamps, f.By)
	}
	helped, err := s.Settle(ctx, stamps)
	if err != nil || !helped {
		return docs, err
	}
	return s.fetch(ctx, tenant, c, ids)
}

// found is a document as it is stored.
type found struct {
	ID   string `json:"id"`
	At   int64  `json:"at"`
	Ver  uint64 `json:"ver"`
	By   string `json:"by"`
	Body string `json:"body"`
}

func (f *found) doc() storage.Doc {
	return storage.Doc{ID: f.ID, Time: time.UnixMicro(f.At).UTC(), Version: f.Ver, Body: []byte(f.Body)}
}

var wholeDocument = []string{"id", "at", "ver", "by", "body"}

// fetch gets documents by id.
func (s *Store) fetch(ctx context.Context, tenant string, c storage.Collection, ids []string) (map[string]*found, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	places := []string{s.indices.alias(c)}
	immutable := storage.SchemaOf(c).Immutable
	if immutable {
		var err error
		if places, err = s.indices.all(ctx, c); err != nil {
			return nil, err
		}
	}
	var asked []place
	for _, id := range ids {
		for _, index := range places {
			asked = append(asked, place{index, docID(tenant, id)})
		}
	}
	hits, err := s.documents.get(ctx, asked)
	if err != nil {
		return nil, err
	}
	docs := map[string]*found{}
	for _, h := range hits {
		if !h.Found {
			continue
		}
		f := h.Source
		docs[f.ID] = &f
		if !immutable {
			s.states.Set(keyOf(places[0], docID(tenant, f.ID)), h.state(f.Ver, f.By))
		}
	}
	return docs, nil
}
