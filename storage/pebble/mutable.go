package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// eachMutable calls f with the documents of a mutable collection that match, as they are stored, in no order that means
// something and from several goroutines. They are valid only during the call.
func (p *plan) eachMutable(f func(value, body []byte) error) error {
	take := func(value []byte) error {
		if t := documentTime(value); t < p.from || t >= p.to {
			return nil
		}
		body, err := parseBody(value)
		if err != nil || !p.holds(body) {
			return err
		}
		return f(value, body)
	}
	if p.from >= p.to {
		return nil
	}
	if p.left != nil {
		return p.eachID(p.left, take)
	}
	for _, most := range []int{tries, math.MaxInt} { // a short list is found without reading long ones to their end
		ids, ok, err := p.candidates(most)
		if err != nil {
			return err
		}
		if ok {
			return p.eachID(ids, take)
		}
	}
	g, ctx := errgroup.WithContext(p.ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	prefix := p.space.key(tagDoc)
	lower := prefix
	for i := range len(idParts) + 1 {
		from, to := lower, after(prefix)
		if i < len(idParts) {
			to = append(bytes.Clone(prefix), idParts[i])
		}
		lower = to
		g.Go(func() error {
			read := 0
			return p.store.eachBetween(from, to, func(_, value []byte) error {
				if read++; read%256 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				return take(value)
			})
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return p.ctx.Err()
}

// idParts divides a collection for several processors. Most ids begin with a digit of base 16.
const idParts = "123456789abcdef"

func (p *plan) eachID(ids []string, f func(value []byte) error) error {
	for _, id := range ids {
		value, err := get(p.store.db, p.space.docID(id))
		if err == nil && value != nil {
			err = f(value)
		}
		if err = errors.Join(err, p.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// candidates returns the ids that the indexes leave, all together. ok is false when each index, if there is one, leaves more than
// most. One that leaves far more than those before it is not read to its end.
func (p *plan) candidates(most int) (ids []string, ok bool, err error) {
	for _, l := range p.lookups() {
		some, whole, err := p.lookupIDs(l, most)
		if err != nil {
			return nil, false, err
		}
		if !whole {
			continue
		}
		if ok {
			others := setOf(ids)
			some = slices.DeleteFunc(some, func(id string) bool { return !others[id] })
		}
		ids, ok, most = some, true, min(most, entries*len(some))
	}
	return ids, ok, nil
}

// entries is how many entries of an index are read in the time that one document takes.
const entries = 16

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

var errEnough = errors.New("enough")

// lookupIDs returns what an index answers; whole is false when that is more than most.
func (p *plan) lookupIDs(l lookup, most int) (ids []string, whole bool, err error) {
	if l.byID {
		return l.texts, len(l.texts) <= most, nil
	}
	seen := map[string]bool{}
	for _, text := range l.texts {
		prefix := p.space.byKey(l.field, text)
		err := p.store.each(prefix, func(key, _ []byte) error {
			if id := string(key[len(prefix):]); !seen[id] {
				if len(ids) == most {
					return errEnough
				}
				seen[id] = true
				ids = append(ids, id)
			}
			return p.ctx.Err()
		})
		if errors.Is(err, errEnough) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return ids, true, nil
}

// searchMutable returns a page of a mutable collection.
func (p *plan) searchMutable(q storage.Query, limit int) (storage.Page, error) {
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return storage.Page{}, err
	}
	if q.Sort.Field == "" || q.Sort.Field == p.schema.Time.String() {
		return p.searchByTime(start, limit, q.Sort.Ascending)
	}
	field, err := parseField("sort", q.Sort.Field)
	if err != nil {
		return storage.Page{}, err
	}
	return p.searchSorted(start, limit, q.Sort.Ascending, field)
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

// tries is how many documents are looked at in the order of time before all of them are read, which is faster for each but
// must come to the end. What an index leaves is read at once when it is not more than that.
const tries = 2000

func (p *plan) searchByTime(start *cursor, limit int, ascending bool) (storage.Page, error) {
	_, few, err := p.candidates(tries)
	if err != nil {
		return storage.Page{}, err
	}
	if few {
		return p.searchSorted(start, limit, ascending, nil)
	}
	most := tries
	if p.where == nil {
		most = math.MaxInt
	}
	page, done, err := p.walkTime(start, limit, ascending, most, nil)
	if err != nil || done {
		return page, err
	}
	ids, ok, err := p.candidates(math.MaxInt)
	if err != nil {
		return storage.Page{}, err
	}
	if ok {
		p.left = ids
	}
	if len(ids) > tries {
		page, done, err := p.walkTime(start, limit, ascending, entries*len(ids), setOf(ids))
		if err != nil || done {
			return page, err
		}
	}
	return p.searchSorted(start, limit, ascending, nil)
}

// searchSorted reads all matches and keeps the first in the order of a field, or of time when it is nil.
func (p *plan) searchSorted(start *cursor, limit int, ascending bool, field *expr.Path) (storage.Page, error) {
	sorted := &sortedRows{limit: limit + 1, ascending: ascending}
	var mu sync.Mutex
	err := p.eachMutable(func(value, body []byte) error {
		doc, err := parseDocument(value)
		if err != nil {
			return err
		}
		row := sortedRow{key: newSortKey(&doc, field), value: value}
		if start != nil && sorted.compare(start.Key, row.key) >= 0 {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		sorted.add(row)
		return nil
	})
	if err != nil {
		return storage.Page{}, err
	}
	return sorted.page(limit)
}

// walkTime returns a page of the matches in the order of time. done tells that it is whole: it gives up after having come by most
// documents. With a set of ids it reads no others.
func (p *plan) walkTime(start *cursor, limit int, ascending bool, most int, only map[string]bool) (page storage.Page, done bool, err error) {
	lower, upper := p.space.key(tagTime), after(p.space.key(tagTime))
	if p.from != math.MinInt64 {
		lower = p.space.byTime(p.from, "")
	}
	if p.to != math.MaxInt64 {
		upper = p.space.byTime(p.to, "")
	}
	if start != nil {
		at := p.space.byTime(start.Time, start.Key.id)
		if ascending {
			lower = later(lower, append(at, 0))
		} else if bytes.Compare(at, upper) < 0 {
			upper = at
		}
	}
	if bytes.Compare(lower, upper) >= 0 {
		return page, true, nil
	}
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return page, false, err
	}
	first, next := iter.Last, iter.Prev
	if ascending {
		first, next = iter.First, iter.Next
	}
	valid, seen := first(), 0
	for ; valid && seen < most && page.Next == "" && err == nil; valid = next() {
		seen++
		entry := iter.Key()[len(p.space.key(tagTime)):]
		if only == nil || only[string(entry[8:])] {
			err = p.takeByTime(&page, limit, entry)
		} else if seen%4096 == 0 {
			err = p.ctx.Err()
		}
	}
	done = !valid || page.Next != ""
	return page, done, errors.Join(err, iter.Close(), p.ctx.Err())
}

// takeByTime adds a document to a page when it matches, or gives the full page its cursor.
func (p *plan) takeByTime(page *storage.Page, limit int, entry []byte) error {
	id := string(entry[8:])
	value, err := get(p.store.db, p.space.docID(id))
	if err != nil || value == nil {
		return err // it was deleted meanwhile
	}
	doc, err := parseDocument(value)
	if err != nil || doc.time != unsortable(binary.BigEndian.Uint64(entry)) || !p.holds(doc.body) {
		return err
	}
	if len(page.Docs) == limit {
		last := page.Docs[limit-1]
		page.Next = (&cursor{Time: micros(last.Time), Key: sortKey{id: last.ID}}).String()
		return nil
	}
	page.Docs = append(page.Docs, storage.Doc{ID: id, Time: fromMicros(doc.time), Version: doc.version, Body: doc.body})
	return nil
}

func later(a, b []byte) []byte {
	if bytes.Compare(a, b) > 0 {
		return a
	}
	return b
}

// countMutable counts matches; all of them come from the counters.
func (p *plan) countMutable() (total int64, err error) {
	if p.all() {
		return p.counted()
	}
	var mu sync.Mutex
	err = p.eachMutable(func(_, _ []byte) error {
		mu.Lock()
		defer mu.Unlock()
		total++
		return nil
	})
	return total, err
}

func (p *plan) histogramMutable(result *bars, field *expr.Path) error {
	return p.eachMutable(func(value, body []byte) error {
		raw := ""
		if field != nil {
			raw = rawValue(field, body)
		}
		start := micros(result.interval.Start(fromMicros(documentTime(value))))
		result.mu.Lock()
		defer result.mu.Unlock()
		result.addValue(start, raw, 1)
		return nil
	})
}

func rawValue(field *expr.Path, body []byte) string {
	raw, _ := field.FindRaw(body)
	return string(raw)
}

func (p *plan) topMutable(field *expr.Path) (map[string]int64, error) {
	counts := map[string]int64{}
	var mu sync.Mutex
	err := p.eachMutable(func(_, body []byte) error {
		keys := appendKeys(nil, rawValue(field, body))
		mu.Lock()
		defer mu.Unlock()
		for _, key := range keys {
			counts[key]++
		}
		return nil
	})
	return counts, err
}

// scanMutable yields the matches oldest first, a page at a time.
func (s *Store) scanMutable(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		var start *cursor
		for {
			var page storage.Page
			err := s.call(ctx, func() error {
				p, err := s.newPlan(ctx, tenant, c, q)
				if p != nil {
					page, err = p.scanPage(start)
				}
				return err
			})
			if err != nil {
				yield(storage.Doc{}, err)
				return
			}
			for _, doc := range page.Docs {
				if !yield(doc, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			start, _ = parseCursor(page.Next) // our own
		}
	}
}

// scanPage returns a page in the order of time; unlike a search, which must be quick, it never reads all documents for one.
func (p *plan) scanPage(start *cursor) (storage.Page, error) {
	if _, few, err := p.candidates(tries); few || err != nil {
		if err != nil {
			return storage.Page{}, err
		}
		return p.searchSorted(start, scanSize, true, nil)
	}
	page, _, err := p.walkTime(start, scanSize, true, math.MaxInt, nil)
	return page, err
}
