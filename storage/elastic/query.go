package elastic

import (
	"cmp"
	"context"
	"encoding/base64"
	"iter"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// plan is a query on one collection, made ready to run.
type plan struct {
	store  *Store
	schema *storage.Schema
	path   string          // of the alias
	scope  clause          // what every answer must fulfil: tenant and time
	where  *expr.Condition // nil for all
	from   int64           // inclusive, in microseconds
	to     int64           // exclusive
	answer
}

func (s *Store) newPlan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (*plan, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	p := &plan{store: s, schema: storage.SchemaOf(c), path: "/" + s.indices.alias(c), from: math.MinInt64, to: math.MaxInt64}
	if !q.From.IsZero() {
		p.from = storage.MicrosUp(q.From)
	}
	if !q.To.IsZero() {
		p.to = storage.MicrosUp(q.To)
	}
	if q.Where != nil && q.Where.Root() != nil {
		p.where = q.Where.At(time.Now())
	}
	p.scope = all(term("tenant", tenant), timeRange(p.from, p.to))
	p.answer = compile(p.schema, p.where)
	return p, nil
}

var isOdd = term("odd", "true")

// surely are the documents that match without anybody looking at them.
func (p *plan) surely() clause { return all(p.scope, p.sure, not(isOdd)) }

// perhaps are all documents that may match.
func (p *plan) perhaps() clause { return all(p.scope, anyOf(p.possible, isOdd)) }

// unclear are the documents that must be looked at.
func (p *plan) unclear() clause {
	if p.exact {
		return all(p.scope, isOdd)
	}
	return all(p.scope, anyOf(all(p.possible, not(p.sure)), isOdd))
}

// holds evaluates the condition, and the bounds of time, on a document.
func (p *plan) holds(f *found) bool {
	if f.At < p.from || f.At >= p.to {
		return false
	}
	if p.where == nil {
		return true
	}
	ok, _ := p.where.Eval(expr.Document(f.Body)) // what can't be compared does not match
	return ok
}

func query(c clause) clause {
	if c == nil {
		return clause{"match_all": clause{}}
	}
	return c
}

// ask sends a search.
func ask[T any](ctx context.Context, p *plan, request clause, path string) (*searchAnswer[T], error) {
	answer := &searchAnswer[T]{}
	if err := p.store.client.call(ctx, http.MethodPost, path, request, answer); err != nil {
		return nil, err
	}
	return answer, answer.whole()
}

// whole is an error when a part of the index did not answer.
func (a *searchAnswer[T]) whole() error {
	if a.TimedOut || a.Shards.Failed > 0 {
		return tracardi.Errorf(tracardi.Unavailable, "some parts of the index did not answer: try again in a moment")
	}
	return nil
}

// askTwo sends two searches in one request.
func (p *plan) askTwo(ctx context.Context, one, two clause) (answers [2]*searchAnswer[found], err error) {
	var body []byte
	for _, request := range []clause{one, two} {
		text, err := json.Marshal(request)
		if err != nil {
			return answers, err
		}
		body = append(append(append(body, "{}\n"...), text...), '\n')
	}
	var both struct {
		Responses []jsontext.Value `json:"responses"`
	}
	if err := p.store.client.send(ctx, http.MethodPost, p.path+"/_msearch", "application/x-ndjson", body, &both); err != nil {
		return answers, err
	}
	if len(both.Responses) != len(answers) {
		return answers, tracardi.Errorf(tracardi.Internal, "asked two things, the store answered on %d", len(both.Responses))
	}
	for i, raw := range both.Responses {
		var answer struct {
			Status int `json:"status"`
			searchAnswer[found]
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return answers, tracardi.Errorf(tracardi.Internal, "read an answer of the store: %w", err)
		}
		if answer.Status >= 300 {
			return answers, p.store.client.refused(answer.Status, raw)
		}
		if err := answer.whole(); err != nil {
			return answers, err
		}
		answers[i] = &answer.searchAnswer
	}
	return answers, nil
}

// cursor is the last row of a page.
type cursor struct {
	At int64   `json:"t"`
	ID *string `json:"i"`
	sortKey
}

func (c *cursor) String() string {
	text, err := json.Marshal(c, json.Deterministic(true))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(text string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	c := &cursor{}
	if err == nil {
		err = json.Unmarshal(raw, c, json.RejectUnknownMembers(true))
	}
	if err != nil || c.ID == nil {
		return nil, tracardi.InvalidField("cursor", "is not one that this search gave: use the value of next, unchanged")
	}
	return c, nil
}

// Search implements storage.Records.
func (s *Store) Search(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (storage.Page, error) {
	p, err := s.newPlan(ctx, tenant, c, q)
	if err != nil {
		return storage.Page{}, err
	}
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return storage.Page{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 25
	}
	byTime := q.Sort.Field == "" || q.Sort.Field == p.schema.Time.String()
	var field *expr.Path
	if !byTime {
		if field, err = parseField("sort", q.Sort.Field); err != nil {
			return storage.Page{}, err
		}
		if p.schema.Immutable {
			return storage.Page{}, tracardi.InvalidField("sort", "%s can be sorted by %s only", c, p.schema.Time)
		}
	}
	rows := &rows{limit: limit + 1, field: field, ascending: q.Sort.Ascending, start: start}
	if by := identityOf(p.schema, p.where); by != nil {
		docs, ok, err := s.lookUp(ctx, tenant, p.schema, by)
		if err != nil {
			return storage.Page{}, err
		}
		for _, f := range docs {
			if p.holds(f) {
				rows.add(*f)
			}
		}
		if ok {
			return rows.page(limit), nil
		}
	}
	if byTime {
		return p.searchByTime(ctx, start, limit, q.Sort.Ascending)
	}
	for f, err := range p.stream(ctx, p.perhaps(), nil) {
		if err != nil {
			return storage.Page{}, err
		}
		if p.holds(f) {
			rows.add(*f)
		}
	}
	return rows.page(limit), nil
}

// parseField reads the path of a field that a query names.
func parseField(name, text string) (*expr.Path, error) {
	path, err := expr.ParsePath(text)
	if err != nil {
		return nil, tracardi.InvalidField(name, "%v", err)
	}
	if len(path.Steps()) == 0 {
		return nil, tracardi.InvalidField(name, "the whole document is not a field")
	}
	return &path, nil
}

func timeOrder(ascending bool) []any {
	order := "desc"
	if ascending {
		order = "asc"
	}
	return []any{clause{timeField: order}, clause{idField: order}}
}

// searchByTime returns a page in the order of time. Rows that only perhaps match are looked at, so that it may take several
// searches to fill it.
func (p *plan) searchByTime(ctx context.Context, start *cursor, limit int, ascending bool) (page storage.Page, err error) {
	size := limit + 1
	for {
		request := clause{
			"query": query(p.perhaps()), "sort": timeOrder(ascending), "size": min(size, 5000), "_source": wholeDocument, "track_total_hits": false,
		}
		if start != nil {
			request["search_after"] = []any{start.At, *start.ID}
		}
		answer, err := ask[found](ctx, p, request, p.path+"/_search")
		if err != nil {
			return storage.Page{}, err
		}
		hits := answer.Hits.Hits
		for i := range hits {
			f := &hits[i].Source
			if !p.holds(f) {
				continue
			}
			if len(page.Docs) == limit {
				last := &page.Docs[limit-1]
				page.Next = (&cursor{At: last.Time.UnixMicro(), ID: &last.ID}).String()
				return page, nil
			}
			page.Docs = append(page.Docs, f.doc())
		}
		if len(hits) < min(size, 5000) {
			return page, nil
		}
		last := hits[len(hits)-1].Source
		start = &cursor{At: last.At, ID: &last.ID}
		size *= 4
	}
}

var noOrder = []any{"_doc"}

const (
	streamSize = 1000
	few        = 100 // that come in one answer, for which the server need not keep anything
)

// stream yields the documents that a query finds, in the order given or in none. They are those of one moment.
func (p *plan) stream(ctx context.Context, c clause, order []any) iter.Seq2[*found, error] {
	if order == nil {
		order = noOrder
	}
	return func(yield func(*found, error) bool) {
		if c.none() {
			return
		}
		answer, err := ask[found](ctx, p, p.first(c, order), p.path+"/_search")
		if err != nil {
			yield(nil, err)
			return
		}
		if len(answer.Hits.Hits) == few {
			p.scroll(ctx, c, order)(yield)
			return
		}
		for i := range answer.Hits.Hits {
			if !yield(&answer.Hits.Hits[i].Source, nil) {
				return
			}
		}
	}
}

// first is a search for the documents of a query if they are fewer than few.
func (p *plan) first(c clause, order []any) clause {
	return clause{"query": query(c), "sort": order, "size": few, "_source": wholeDocument, "track_total_hits": false}
}

// scroll yields the documents of a query, however many they are.
func (p *plan) scroll(ctx context.Context, c clause, order []any) iter.Seq2[*found, error] {
	return func(yield func(*found, error) bool) {
		request := clause{"query": query(c), "sort": order, "size": streamSize, "_source": wholeDocument}
		answer, err := ask[found](ctx, p, request, p.path+"/_search?scroll=2m")
		for {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range answer.Hits.Hits {
				if !yield(&answer.Hits.Hits[i].Source, nil) {
					p.endStream(ctx, answer.ScrollID)
					return
				}
			}
			if len(answer.Hits.Hits) < streamSize {
				p.endStream(ctx, answer.ScrollID)
				return
			}
			next := clause{"scroll": "2m", "scroll_id": answer.ScrollID}
			id := answer.ScrollID
			if answer, err = ask[found](ctx, p, next, "/_search/scroll"); err != nil {
				p.endStream(ctx, id)
			}
		}
	}
}

// endStream frees what the server keeps for a stream; when that fails it goes by itself after a while.
func (p *plan) endStream(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := p.store.client.call(ctx, http.MethodDelete, "/_search/scroll", clause{"scroll_id": id}, nil); err != nil {
		p.store.log.Debug("records: free a stream", "error", err)
	}
}

// Scan implements storage.Records.
func (s *Store) Scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		p, err := s.newPlan(ctx, tenant, c, q)
		if err != nil {
			yield(storage.Doc{}, err)
			return
		}
		for f, err := range p.stream(ctx, p.perhaps(), timeOrder(true)) {
			if err != nil {
				yield(storage.Doc{}, err)
				return
			}
			if p.holds(f) && !yield(f.doc(), nil) {
				return
			}
		}
	}
}

// outermost is the time of the oldest or newest document of an index; without any the least there is.
func (s *Store) outermost(ctx context.Context, index string, oldest bool) (int64, error) {
	p := &plan{store: s}
	request := clause{"size": 1, "sort": timeOrder(oldest), "_source": []string{"at"}}
	answer, err := ask[found](ctx, p, request, "/"+index+"/_search")
	if err != nil || len(answer.Hits.Hits) == 0 {
		return math.MinInt64, err
	}
	return answer.Hits.Hits[0].Source.At, nil
}

// delete removes documents by id.
const deleteAtOnce = 500

// Delete implements storage.Records.
func (s *Store) Delete(ctx context.Context, tenant string, c storage.Collection, ids []string) (total int, err error) {
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for some := range slices.Chunk(ids, deleteAtOnce) {
		n, err := s.delete(ctx, tenant, c, some)
		if total += n; err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *Store) delete(ctx context.Context, tenant string, c storage.Collection, ids []string) (n int, err error) {
	schema := storage.SchemaOf(c)
	docs, err := s.settled(ctx, tenant, c, ids)
	if err != nil {
		return 0, err
	}
	if err := (engine{s}).deleteKeys(ctx, tenant, schema, docs); err != nil {
		return 0, err
	}
	indices := []string{s.indices.alias(c)}
	if schema.Immutable {
		if indices, err = s.indices.all(ctx, c); err != nil {
			return 0, err
		}
	}
	var actions []action
	for id := range docs {
		for _, index := range indices {
			actions = append(actions, action{verb: "delete", at: place{index, docID(tenant, id)}, alias: !schema.Immutable})
		}
		s.states.Invalidate(keyOf(indices[0], docID(tenant, id)))
	}
	for _, o := range s.client.bulkUntil(ctx, actions) {
		if o.Result == "deleted" {
			n++
		} else if o.Status != http.StatusNotFound && o.err(s.client) != nil {
			err = cmp.Or(err, o.err(s.client))
		}
	}
	return n, err
}

// Drop implements storage.Records.
func (s *Store) Drop(ctx context.Context, tenant string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.states.InvalidateAll()
	defer s.confirmed.InvalidateAll()
	for _, index := range s.aliases() {
		if err := s.drop(ctx, index, tenant); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) aliases() []string {
	names := []string{s.indices.keys()}
	for _, schema := range storage.Schemas {
		names = append(names, s.indices.alias(schema.Collection))
	}
	return names
}

func (s *Store) drop(ctx context.Context, index, tenant string) error {
	for {
		if err := s.client.call(ctx, http.MethodPost, "/"+index+"/_refresh", nil, nil); err != nil {
			return err
		}
		var answer struct {
			Deleted   int64 `json:"deleted"`
			Conflicts int64 `json:"version_conflicts"`
		}
		const path = "/_delete_by_query?conflicts=proceed&refresh=true"
		if err := s.client.call(ctx, http.MethodPost, "/"+index+path, clause{"query": term("tenant", tenant)}, &answer); err != nil {
			if !isRefusal(err, "cluster_block_exception") || !pause(ctx, time.Second) {
				return err
			}
			continue
		}
		if answer.Deleted == 0 && answer.Conflicts == 0 {
			return nil
		}
	}
}
