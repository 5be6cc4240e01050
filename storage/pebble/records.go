package pebble

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// Read implements storage.Records.
func (s *Store) Read(ctx context.Context, tenant string, c storage.Collection, ids []string) ([]storage.Doc, error) {
	docs := make([]storage.Doc, len(ids))
	number, known, err := s.tenant(tenant, false)
	for i, id := range ids {
		docs[i].ID = id
		if !known || err != nil {
			continue
		}
		if err = ctx.Err(); err == nil {
			err = s.read(spaceOf(number, c), storage.SchemaOf(c).Immutable, &docs[i])
		}
	}
	return docs, s.failure(err)
}

func (s *Store) read(where space, immutable bool, out *storage.Doc) error {
	key := where.docID(out.ID)
	if immutable {
		at, err := get(s.db, where.id(out.ID))
		if err != nil || at == nil {
			return err
		}
		key = append(where.key(tagDoc), at...)
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
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return page, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 25
	}
	p := s.plan(ctx, number, c, q)
	if p.schema.Immutable {
		page, err = p.search(q, limit)
	} else {
		page, err = p.searchMutable(q, limit)
	}
	return page, s.failure(err)
}

// Count implements storage.Records.
func (s *Store) Count(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (total int64, err error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return 0, err
	}
	p := s.plan(ctx, number, c, q)
	if p.schema.Immutable {
		total, err = p.count()
	} else {
		total, err = p.countMutable()
	}
	return total, s.failure(err)
}

// Histogram implements storage.Records.
func (s *Store) Histogram(ctx context.Context, tenant string, c storage.Collection, q storage.Query, interval storage.Interval, groupBy string) ([]storage.Bucket, error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return nil, err
	}
	if interval.Width < time.Second {
		return nil, tracardi.InvalidField("interval", "must be a second or longer")
	}
	var field *expr.Path
	if groupBy != "" {
		path, err := expr.ParsePath(groupBy)
		if err != nil {
			return nil, tracardi.InvalidField("group_by", "%v", err)
		}
		field = &path
	}
	p := s.plan(ctx, number, c, q)
	var result *bars
	if p.schema.Immutable {
		result, err = p.histogram(interval, field)
	} else {
		result, err = p.histogramMutable(interval, field)
	}
	if err != nil {
		return nil, s.failure(err)
	}
	return result.buckets(), nil
}

func (b *bars) buckets() []storage.Bucket {
	zone := b.interval.Zone
	if zone == nil {
		zone = time.UTC
	}
	buckets := []storage.Bucket{}
	for start, values := range b.counts {
		for raw, n := range values {
			if n != 0 {
				buckets = append(buckets, storage.Bucket{Time: fromMicros(start).In(zone), Value: plainText(raw), Count: n})
			}
		}
	}
	slices.SortFunc(buckets, func(a, b storage.Bucket) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Value, b.Value))
	})
	return buckets
}

// plainText returns a text without its quotes and any other value as its JSON.
func plainText(raw string) string {
	if raw == "" || raw[0] != '"' {
		return raw
	}
	text, _ := decodeValue(raw).(string)
	return text
}

// Top implements storage.Records.
func (s *Store) Top(ctx context.Context, tenant string, c storage.Collection, q storage.Query, field string, n int) ([]storage.Value, error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return nil, err
	}
	path, err := expr.ParsePath(field)
	if err != nil {
		return nil, tracardi.InvalidField("field", "%v", err)
	}
	p := s.plan(ctx, number, c, q)
	var counts map[string]int64
	if p.schema.Immutable {
		counts, err = p.top(&path)
	} else {
		counts, err = p.topMutable(&path)
	}
	if err != nil {
		return nil, s.failure(err)
	}
	return mostFrequent(counts, n), nil
}

func mostFrequent(counts map[string]int64, n int) []storage.Value {
	raws := make([]string, 0, len(counts))
	for raw, count := range counts {
		if count > 0 {
			raws = append(raws, raw)
		}
	}
	slices.SortFunc(raws, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	values := make([]storage.Value, 0, min(n, len(raws)))
	for _, raw := range raws[:min(n, len(raws))] {
		values = append(values, storage.Value{Value: decodeValue(raw), Count: counts[raw]})
	}
	return values
}

// Scan implements storage.Records.
func (s *Store) Scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return func(yield func(storage.Doc, error) bool) {
			if err != nil {
				yield(storage.Doc{}, s.failure(err))
			}
		}
	}
	q.Cursor = ""
	p := s.plan(ctx, number, c, q)
	if p.schema.Immutable {
		return p.scan(q)
	}
	return p.scanMutable()
}

// sampleSize is how many recent documents tell which fields there are.
const sampleSize = 500

// Fields implements storage.Records: the columns of recent segments and a sample of the newest documents.
func (s *Store) Fields(ctx context.Context, tenant string, c storage.Collection) ([]storage.FieldInfo, error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return nil, err
	}
	seen := map[string]columnInfo{}
	p := s.plan(ctx, number, c, storage.Query{})
	page, err := s.Search(ctx, tenant, c, storage.Query{Limit: sampleSize})
	if err != nil {
		return nil, err
	}
	sample := newColumnsBuilder(len(page.Docs), "")
	for i, doc := range page.Docs {
		sample.add(i, doc.Body)
	}
	for path, built := range sample.columns {
		seen[path] = columnInfo{Types: built.types, Count: built.count}
	}
	if p.schema.Immutable {
		segments, _, err := s.segments.list(ctx, p.space)
		if err != nil {
			return nil, err
		}
		for _, seg := range segments[max(0, len(segments)-16):] {
			for path, info := range seg.Columns {
				at := seen[path]
				seen[path] = columnInfo{Types: at.Types | info.Types, Count: at.Count + info.Count}
			}
		}
	}
	fields := make([]storage.FieldInfo, 0, len(seen))
	for path, info := range seen {
		fields = append(fields, storage.FieldInfo{Path: fieldName(path), Types: typeNames(info.Types), Count: info.Count})
	}
	slices.SortFunc(fields, func(a, b storage.FieldInfo) int { return cmp.Compare(a.Path, b.Path) })
	return fields, nil
}

// fieldName writes a column's path the way queries do.
func fieldName(path string) string {
	var b strings.Builder
	for i, step := range strings.Split(path, stepMark) {
		if plainStep(step) {
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
			continue
		}
		b.WriteByte('[')
		b.Write(tracardi.AppendText(nil, step))
		b.WriteByte(']')
	}
	return b.String()
}

func plainStep(step string) bool {
	for i := range len(step) {
		c := step[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '_' && c != '-') {
			return false
		}
	}
	return step != ""
}

// Delete implements storage.Records.
func (s *Store) Delete(ctx context.Context, tenant string, c storage.Collection, ids []string) (int, error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return 0, s.failure(err)
	}
	d := &deletion{store: s, batch: s.db.NewIndexedBatch(), space: spaceOf(number, c), schema: storage.SchemaOf(c)}
	for _, id := range ids {
		if err = ctx.Err(); err == nil {
			err = d.add(ctx, id)
		}
		if err != nil {
			return 0, s.failure(err)
		}
	}
	if err := d.batch.Commit(pebble.Sync); err != nil {
		return 0, s.failure(err)
	}
	d.mark()
	return d.count, nil
}

// Drop implements storage.Records.
func (s *Store) Drop(_ context.Context, tenant string) error {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return s.failure(err)
	}
	batch := s.db.NewBatch()
	for _, tag := range []byte{tagDoc, tagID, tagKey, tagTime, tagCount, tagSegment, tagColumn, tagDeleted, tagReady} {
		prefix := []byte{tag, byte(number >> 8), byte(number)}
		if err := batch.DeleteRange(prefix, after(prefix), nil); err != nil {
			return s.failure(err)
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return s.failure(err)
	}
	s.segments.forget(number)
	return nil
}
