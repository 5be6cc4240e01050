package pebble

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// call runs what uses the files and turns its error into ours.
func (s *Store) call(ctx context.Context, f func() error) error {
	if err := s.begin(ctx); err != nil {
		return s.failure(err)
	}
	defer s.end()
	return s.failure(f())
}

// query runs f with a plan, unless nothing is known of the tenant.
func (s *Store) query(ctx context.Context, tenant string, c storage.Collection, q storage.Query, f func(p *plan) error) error {
	return s.call(ctx, func() error {
		p, err := s.newPlan(ctx, tenant, c, q)
		if p == nil {
			return err
		}
		return f(p)
	})
}

// Read implements storage.Records.
func (s *Store) Read(ctx context.Context, tenant string, c storage.Collection, ids []string) ([]storage.Doc, error) {
	docs := make([]storage.Doc, len(ids))
	for i, id := range ids {
		docs[i].ID = id
	}
	err := s.call(ctx, func() error {
		number, known, err := s.tenant(tenant, false)
		if err != nil || !known {
			return err
		}
		where, immutable := spaceOf(number, c), storage.SchemaOf(c).Immutable
		if immutable {
			err = s.committer.visible(ctx)
		} else {
			err = s.committer.visibleDocs(ctx, where, ids)
		}
		for i := 0; i < len(docs) && err == nil; i++ {
			if err = ctx.Err(); err == nil {
				err = s.read(where, immutable, &docs[i])
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return docs, nil
}

func (s *Store) read(where space, immutable bool, out *storage.Doc) error {
	var key []byte
	if immutable {
		at, err := get(s.db, where.id(out.ID))
		if err != nil || at == nil {
			return err
		}
		key = append(where.key(tagDoc), at...)
	} else {
		key = where.docID(out.ID)
	}
	value, err := get(s.db, key)
	if err != nil || value == nil {
		return err
	}
	doc, err := parseDocument(value)
	out.Time, out.Version, out.Body = fromMicros(doc.time), doc.version, doc.body
	return err
}

// Search implements storage.Records.
func (s *Store) Search(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (page storage.Page, err error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 25
	}
	err = s.query(ctx, tenant, c, q, func(p *plan) (err error) {
		if p.schema.Immutable {
			page, err = p.search(q, limit)
		} else {
			page, err = p.searchMutable(q, limit)
		}
		return err
	})
	if err != nil {
		return storage.Page{}, err
	}
	return page, nil
}

// Count implements storage.Records.
func (s *Store) Count(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (total int64, err error) {
	err = s.query(ctx, tenant, c, q, func(p *plan) (err error) {
		if p.schema.Immutable {
			total, err = p.count()
		} else {
			total, err = p.countMutable()
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return total, nil
}

// Histogram implements storage.Records.
func (s *Store) Histogram(ctx context.Context, tenant string, c storage.Collection, q storage.Query, interval storage.Interval, groupBy string) ([]storage.Bucket, error) {
	if interval.Width < time.Second {
		return nil, tracardi.InvalidField("interval", "must be a second or longer")
	}
	var field *expr.Path
	if groupBy != "" {
		var err error
		if field, err = parseField("group_by", groupBy); err != nil {
			return nil, err
		}
	}
	result := newBars(interval)
	err := s.query(ctx, tenant, c, q, func(p *plan) (err error) {
		if p.schema.Immutable {
			return p.histogram(result, field)
		}
		return p.histogramMutable(result, field)
	})
	if err != nil {
		return nil, err
	}
	return result.buckets(), nil
}

// Top implements storage.Records.
func (s *Store) Top(ctx context.Context, tenant string, c storage.Collection, q storage.Query, field string, n int) ([]storage.Value, error) {
	path, err := parseField("field", field)
	if err != nil {
		return nil, err
	}
	var counts map[string]int64
	err = s.query(ctx, tenant, c, q, func(p *plan) (err error) {
		if p.schema.Immutable {
			counts, err = p.top(path)
		} else {
			counts, err = p.topMutable(path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return mostFrequent(counts, n), nil
}

func mostFrequent(counts map[string]int64, n int) []storage.Value {
	keys := make([]string, 0, len(counts))
	for key, count := range counts {
		if count > 0 {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	keys = keys[:max(0, min(n, len(keys)))]
	values := make([]storage.Value, len(keys))
	for i, key := range keys {
		values[i] = storage.Value{Value: keyValue(key), Count: counts[key]}
	}
	return values
}

// Scan implements storage.Records.
func (s *Store) Scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	if storage.SchemaOf(c).Immutable {
		return s.scan(ctx, tenant, c, q)
	}
	return s.scanMutable(ctx, tenant, c, q)
}

const (
	sampleDocuments = 500 // newest documents that tell which fields there are
	sampleSegments  = 16  // newest segments that do
)

// Fields implements storage.Records: a sample of the newest documents and the columns of the newest segments.
func (s *Store) Fields(ctx context.Context, tenant string, c storage.Collection) ([]storage.FieldInfo, error) {
	var fields []storage.FieldInfo
	err := s.query(ctx, tenant, c, storage.Query{}, func(p *plan) error {
		seen, err := p.sampleFields()
		for path, info := range seen {
			if field, ok := fieldInfo(path, info); ok {
				fields = append(fields, field)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(fields, func(a, b storage.FieldInfo) int { return cmp.Compare(a.Path, b.Path) })
	return fields, nil
}

// sampleFields returns what is known of the fields, by their columns' names.
func (p *plan) sampleFields() (map[string]columnInfo, error) {
	seen := map[string]columnInfo{}
	note := func(path string, types uint8, count int64) {
		at := seen[path]
		seen[path] = columnInfo{Types: at.Types | types, Count: at.Count + count}
	}
	var page storage.Page
	var err error
	if p.schema.Immutable {
		page, err = p.sampleTail(note)
	} else {
		page, _, err = p.walkTime(nil, sampleDocuments, false, 2*sampleDocuments, nil)
	}
	sample := newColumnsBuilder(len(page.Docs), columnPath(p.schema.Time))
	for i, doc := range page.Docs {
		sample.add(i, doc.Body)
		note("id", typeText, 1)
		note(columnPath(p.schema.Time), typeText, 1)
	}
	for path, c := range sample.columns {
		note(path, c.types, c.count)
	}
	return seen, err
}

// sampleTail notes the columns of segments and returns newer documents.
func (p *plan) sampleTail(note func(path string, types uint8, count int64)) (page storage.Page, err error) {
	segments, tail, err := p.store.segments.list(p.ctx, p.space)
	if err != nil {
		return page, err
	}
	for _, seg := range segments[max(0, len(segments)-sampleSegments):] {
		note("id", typeText, int64(seg.Rows))
		note(columnPath(p.schema.Time), typeText, int64(seg.Rows))
		for path, info := range seg.Columns {
			note(path, info.Types, info.Count)
		}
	}
	blocks, err := p.tail(nil, tail)
	if err != nil {
		return page, err
	}
	rows, err := p.firstRows(blocks, ordering{}, sampleDocuments)
	if err == nil {
		page.Docs, err = p.documents(rows)
	}
	return page, err
}

// fieldInfo describes a column the way queries name it. ok is false for what no query can name.
func fieldInfo(column string, info columnInfo) (storage.FieldInfo, bool) {
	var b strings.Builder
	for _, step := range strings.Split(column, stepMark) {
		b.WriteByte('[')
		b.Write(tracardi.AppendText(nil, step))
		b.WriteByte(']')
	}
	path, err := expr.ParsePath(b.String())
	types := typeNames(info.Types)
	return storage.FieldInfo{Path: path.String(), Types: types, Count: info.Count}, err == nil && len(types) > 0
}

// deleteAtOnce is how many documents are deleted in one batch, while commits wait.
const deleteAtOnce = 500

// Delete implements storage.Records.
func (s *Store) Delete(ctx context.Context, tenant string, c storage.Collection, ids []string) (total int, err error) {
	err = s.call(ctx, func() error {
		number, known, err := s.tenant(tenant, false)
		if err != nil || !known {
			return err
		}
		if err = cmp.Or(s.committer.visible(ctx), s.segments.known(ctx)); err != nil {
			return err
		}
		for some := range slices.Chunk(ids, deleteAtOnce) {
			n, err := s.delete(ctx, spaceOf(number, c), some)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return total, nil
}

// DropBefore implements storage.Records.
func (s *Store) DropBefore(ctx context.Context, c storage.Collection, t time.Time) (total int64, err error) {
	if !storage.SchemaOf(c).Immutable {
		return 0, tracardi.InvalidField("collection", "%s documents change and are not dropped by age", c)
	}
	s.tenantsMu.RLock()
	tenants := slices.Sorted(maps.Keys(s.tenants))
	s.tenantsMu.RUnlock()
	for _, tenant := range tenants {
		for {
			page, err := s.Search(ctx, tenant, c, storage.Query{To: t, Sort: storage.Sort{Ascending: true}, Limit: deleteAtOnce})
			if err != nil {
				return total, err
			}
			ids := make([]string, len(page.Docs))
			for i, doc := range page.Docs {
				ids[i] = doc.ID
			}
			n, err := s.Delete(ctx, tenant, c, ids)
			if total += int64(n); err != nil {
				return total, err
			}
			if page.Next == "" {
				break
			}
		}
	}
	return total, s.call(ctx, func() error { return nil })
}

// Drop implements storage.Records.
func (s *Store) Drop(ctx context.Context, tenant string) error {
	return s.call(ctx, func() error {
		number, known, err := s.tenant(tenant, false)
		if err != nil || !known {
			return err
		}
		if err = cmp.Or(s.committer.visible(ctx), s.segments.known(ctx)); err != nil {
			return err
		}
		batch := s.db.NewBatch()
		defer func() { _ = batch.Close() }() // applied or of no use
		for _, tag := range tenantTags {
			prefix := []byte{tag, byte(number >> 8), byte(number)}
			if err := batch.DeleteRange(prefix, after(prefix), nil); err != nil {
				return err
			}
		}
		s.changing.Lock()
		defer s.changing.Unlock()
		s.headers.forgetAll()
		if err := s.db.Apply(batch, pebble.Sync); err != nil {
			return err
		}
		s.segments.forget(number)
		s.queue.forget(number)
		return nil
	})
}
