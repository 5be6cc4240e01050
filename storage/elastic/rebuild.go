package elastic

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	lookEvery    = 10 * time.Second // for indices that must be rebuilt
	keepReplaced = 5 * time.Minute  // an index that was replaced: streams that began before read from it
	copyAtOnce   = 250              // documents
	noteEvery    = 10 * time.Second // how far the copy is
	mostRounds   = 50
)

// KeepIndices rebuilds, until ctx ends, the indices of mutable documents that an earlier version of the program made differently,
// and those for which RequestRebuild asked. Reading and writing go on meanwhile; at the end writes wait for a moment. One process
// at a time may do it; when that one dies, the next goes on where it was.
func (s *Store) KeepIndices(ctx context.Context) error {
	k := newKeeper(s)
	for {
		if err := k.look(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("records: look after the indices: it is done again in a moment", "error", err)
		}
		if !pause(ctx, lookEvery) {
			return nil
		}
	}
}

// RequestRebuild asks for the index of a mutable collection to be rebuilt, such as after a change of its template's settings.
func (s *Store) RequestRebuild(ctx context.Context, c storage.Collection) error {
	if storage.SchemaOf(c).Immutable {
		return tracardi.InvalidField("collection", "indices of %s are never rebuilt: they go by age", c)
	}
	list, err := s.indices.generations(ctx, c)
	if err != nil {
		return err
	}
	now, err := inUse(list, c)
	if err != nil {
		return err
	}
	now.meta.Rebuild = true
	return s.indices.describe(ctx, now.name, now.meta)
}

// Rebuilding is how far the rebuilding of a collection's index is.
type Rebuilding struct {
	Index     string // in use now
	Next      string // that is being made; empty when none is
	Asked     bool   // that somebody asked for it, and it has not begun
	Documents int64  // in Index, those that were stored a moment ago left out
	Copied    int64  // in Next
}

// Rebuilding tells how far the rebuilding of a mutable collection's index is.
func (s *Store) Rebuilding(ctx context.Context, c storage.Collection) (r Rebuilding, err error) {
	list, err := s.indices.generations(ctx, c)
	if err != nil {
		return r, err
	}
	now, err := inUse(list, c)
	if err != nil {
		return r, err
	}
	r.Index, r.Asked = now.name, now.meta.Rebuild
	if r.Documents, err = s.count(ctx, now.name, math.MinInt64, math.MaxInt64); err != nil {
		return r, err
	}
	for _, g := range list {
		if g.next {
			r.Next, r.Asked = g.name, false
			r.Copied, err = s.count(ctx, g.name, math.MinInt64, math.MaxInt64)
		}
	}
	return r, err
}

// pause waits, and tells whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// keeper looks after the indices of mutable documents.
type keeper struct {
	store    *Store
	keep     time.Duration
	page     int
	replaced map[string]time.Time // when it was seen first that an index was replaced
}

func newKeeper(s *Store) *keeper {
	return &keeper{store: s, keep: keepReplaced, page: copyAtOnce, replaced: map[string]time.Time{}}
}

// look rebuilds what must be rebuilt now.
func (k *keeper) look(ctx context.Context) error {
	for i := range storage.Schemas {
		if storage.Schemas[i].Immutable {
			continue
		}
		if err := k.collection(ctx, &storage.Schemas[i]); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) collection(ctx context.Context, schema *storage.Schema) error {
	list, err := k.store.indices.generations(ctx, schema.Collection)
	if err != nil {
		return err
	}
	from, err := inUse(list, schema.Collection)
	if err != nil {
		return err
	}
	var to *generation
	for i := range list {
		switch g := &list[i]; {
		case g.next:
			to = g
		case g.number < from.number:
			if err := k.remove(ctx, g.name); err != nil {
				return err
			}
		}
	}
	if from.meta.Layout > layout || to != nil && to.meta.Layout > layout {
		return nil // a later version of the program looks after it
	}
	if to == nil && from.meta.Layout == layout && !from.meta.Rebuild {
		return nil
	}
	if to != nil && (to.meta.Layout < layout || to.meta.From != from.name) {
		if err := k.store.client.call(ctx, http.MethodDelete, "/"+to.name, nil, nil); err != nil {
			return err
		}
		to = nil
	}
	if to == nil {
		if to, err = k.begin(ctx, schema, from.name, list[len(list)-1].number+1); err != nil {
			return err
		}
	}
	r := &rebuild{keeper: k, schema: schema, from: from.name, to: to.name, copied: to.meta.Copied, noted: time.Now()}
	return r.run(ctx)
}

// remove deletes an index that was replaced, after a while.
func (k *keeper) remove(ctx context.Context, index string) error {
	since, seen := k.replaced[index]
	if !seen {
		since = time.Now()
		k.replaced[index] = since
	}
	if time.Since(since) < k.keep {
		return nil
	}
	if err := k.store.client.call(ctx, http.MethodDelete, "/"+index, nil, nil); err != nil {
		return err
	}
	delete(k.replaced, index)
	k.store.log.Info("records: removed an index that was replaced", "index", index)
	return nil
}

// begin makes the index that takes the place of another.
func (k *keeper) begin(ctx context.Context, schema *storage.Schema, from string, number int) (*generation, error) {
	x := k.store.indices
	to := &generation{name: x.generation(schema.Collection, number), number: number, next: true}
	to.meta = meta{Layout: layout, From: from, Copied: -1}
	content := map[string]any{
		"mappings": mapping(schema), // the template may still be that of another version
		"aliases":  map[string]any{x.next(schema.Collection): map[string]any{}, writeAlias(to.name): map[string]any{}},
	}
	if err := k.store.client.call(ctx, http.MethodPut, "/"+to.name, content, nil); err != nil {
		return nil, err
	}
	return to, x.describe(ctx, to.name, to.meta)
}

// rebuild is the copying of one index into another that takes its place.
//
// An index numbers its writes. Copied is what was written since the last round, round by round, each shorter than the one before,
// while reading and writing go on in the old index. Then writing is blocked there, which ends the last writes under way, the rest is
// copied, and the aliases change. Who met the block tries again, and comes to the new index. A copy of a document has the number of
// its write in the old index for a version, so that nothing older ever replaces it, whoever copies.
type rebuild struct {
	*keeper
	schema   *storage.Schema
	from, to string
	copied   int64     // all writes of from up to this one are in to
	noted    time.Time // when the index was told so
}

func (r *rebuild) run(ctx context.Context) error {
	begun, total := time.Now(), 0
	r.store.log.Info("records: rebuilding an index", "from", r.from, "to", r.to, "copied", r.copied)
	for range mostRounds {
		n, err := r.catchUp(ctx)
		if err != nil {
			return err
		}
		if total += n; n < r.page {
			break
		}
	}
	if err := r.purge(ctx); err != nil {
		return err
	}
	// Its copies on other servers should be there before it is needed; one that has nowhere to go must not hold everything up.
	health := "/_cluster/health/" + r.to + "?wait_for_status=green&timeout=20s"
	if err := r.store.client.call(ctx, http.MethodGet, health, nil, nil); err != nil && ctx.Err() == nil {
		r.store.log.Info("records: an index has not all of its copies yet", "index", r.to, "error", err)
	}
	blocked := time.Now()
	if err := r.replace(ctx); err != nil {
		return err
	}
	r.replaced[r.from] = time.Now()
	r.store.log.Info("records: rebuilt an index", "from", r.from, "to", r.to, "documents", total,
		"took", time.Since(begun).Round(time.Millisecond), "writes waited", time.Since(blocked).Round(time.Millisecond))
	return nil
}

// catchUp copies what was written since the last time and returns the number of documents.
func (r *rebuild) catchUp(ctx context.Context) (total int, err error) {
	checkpoints, err := r.store.checkpoints(ctx, r.from)
	if err != nil {
		return 0, err
	}
	if err := r.refresh(ctx, r.from); err != nil { // only now do searches see all writes up to the checkpoint
		return 0, err
	}
	for upTo := checkpoints[r.from]; r.copied < upTo; {
		n, err := r.copy(ctx, upTo)
		if err != nil {
			return total, err
		}
		total += n
		if time.Since(r.noted) > noteEvery {
			if err := r.store.indices.describe(ctx, r.to, meta{Layout: layout, From: r.from, Copied: r.copied}); err != nil {
				return total, err
			}
			r.noted = time.Now()
		}
	}
	return total, nil
}

func (r *rebuild) refresh(ctx context.Context, index string) error {
	return r.store.client.call(ctx, http.MethodPost, "/"+index+"/_refresh", nil, nil)
}

// original is a document with everything that is not computed.
type original struct {
	found
	Tenant string `json:"tenant"`
}

// copy copies the next documents up to a number.
func (r *rebuild) copy(ctx context.Context, upTo int64) (int, error) {
	request := clause{
		"query": clause{"range": clause{"_seq_no": clause{"gt": r.copied, "lte": upTo}}}, "sort": []any{"_seq_no"}, "size": r.page,
		"_source": append([]string{"tenant"}, wholeDocument...), "seq_no_primary_term": true, "track_total_hits": false,
	}
	answer, err := ask[original](ctx, &plan{store: r.store}, request, "/"+r.from+"/_search")
	if err != nil {
		return 0, err
	}
	hits := answer.Hits.Hits
	actions := make([]action, len(hits))
	for i := range hits {
		h := &hits[i]
		doc := h.Source.doc()
		head := []byte(`{"by":"` + h.Source.By + `","ver":` + strconv.FormatUint(h.Source.Ver, 10) + `,`)
		actions[i] = action{
			verb: "index", at: place{r.store.indices.next(r.schema.Collection), h.ID}, alias: true, above: h.SeqNo + 1,
			content: [][]byte{head, source(h.Source.Tenant, r.schema, &doc)},
		}
	}
	for _, o := range r.store.client.bulkUntil(ctx, actions) {
		if err := o.err(r.store.client); err != nil {
			return 0, err
		}
	}
	if r.copied = upTo; len(hits) == r.page {
		r.copied = hits[len(hits)-1].SeqNo
	}
	return len(hits), nil
}

const lasting = 2 * time.Second

// replace puts the new index in the place of the old one. When ctx ends it goes on for a moment, since writes wait for it. What is
// blocked then stays blocked for the process that goes on: were it opened, a write could come between that one's last steps.
func (r *rebuild) replace(ctx context.Context) error {
	held, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lasting, cancel) })()
	for {
		err := r.lastSteps(held)
		if err == nil {
			return nil
		}
		if tracardi.KindOf(err) != tracardi.Unavailable {
			opened := r.store.client.call(held, http.MethodPut, "/"+r.from+"/_settings", clause{"index.blocks.write": nil}, nil)
			r.store.log.Error("records: an index cannot be replaced: the old one stays in use", "index", r.from, "error", err, "opened", opened == nil)
			return err
		}
		if !pause(held, 200*time.Millisecond) {
			return err
		}
	}
}

func (r *rebuild) lastSteps(ctx context.Context) error {
	done, err := r.replacedAlready(ctx)
	if done || err != nil {
		return err
	}
	if err := r.store.client.call(ctx, http.MethodPut, "/"+r.from+"/_block/write", nil, nil); err != nil {
		return err
	}
	if _, err := r.catchUp(ctx); err != nil {
		return err
	}
	if err := r.purge(ctx); err != nil {
		return err
	}
	old, err := r.store.count(ctx, r.from, math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	made, err := r.store.count(ctx, r.to, math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	if old != made {
		return tracardi.Errorf(tracardi.Internal, "%s has %d documents and its copy %s has %d", r.from, old, r.to, made)
	}
	x, alias := r.store.indices, r.store.indices.alias(r.schema.Collection)
	inUse := map[string]any{"add": map[string]any{"index": r.to, "alias": alias, "is_write_index": true}}
	return x.changeAliases(ctx, inUse, removeAlias(r.from, alias), removeAlias(r.from, writeAlias(r.from)),
		removeAlias(r.to, x.next(r.schema.Collection)))
}

// replacedAlready tells whether the new index is in use, by a step whose answer got lost.
func (r *rebuild) replacedAlready(ctx context.Context) (bool, error) {
	list, err := r.store.indices.generations(ctx, r.schema.Collection)
	if err != nil {
		return false, err
	}
	now, err := inUse(list, r.schema.Collection)
	if err == nil && now.name != r.from && now.name != r.to {
		err = tracardi.Errorf(tracardi.Internal, "%s is in use in the place of %s", now.name, r.from)
	}
	return err == nil && now.name == r.to, err
}
