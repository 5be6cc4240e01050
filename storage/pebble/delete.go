package pebble

import (
	"context"
	"errors"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

// deletion removes documents, their index keys and their share of the counters.
type deletion struct {
	store    *Store
	batch    *pebble.Batch // indexed: a run that was shortened may be shortened again
	space    space
	schema   *storage.Schema
	count    int
	numbers  []uint64 // of the documents, when they are immutable
	segments []*segment
	rows     map[*segment]map[uint64]uint32 // of the segments that were needed: number → row
	hidden   map[*segment][]uint32
}

func (s *Store) delete(ctx context.Context, where space, ids []string) (int, error) {
	batch := s.db.NewIndexedBatch()
	d := &deletion{store: s, batch: batch, space: where, schema: where.schema(), rows: map[*segment]map[uint64]uint32{}, hidden: map[*segment][]uint32{}}
	if err := d.apply(ctx, ids); err != nil {
		return 0, errors.Join(err, batch.Close())
	}
	return d.count, errors.Join(batch.SyncWait(), batch.Close())
}

// apply makes the deletion visible.
func (d *deletion) apply(ctx context.Context, ids []string) (err error) {
	d.store.changing.Lock()
	defer d.store.changing.Unlock()
	if d.segments, _, err = d.store.segments.list(ctx, d.space); err != nil {
		return err
	}
	for _, id := range ids {
		d.store.headers.forget(docKey{d.space, id})
		if err = ctx.Err(); err == nil {
			err = d.add(id)
		}
		if err != nil {
			return err
		}
	}
	if err := d.store.db.ApplyNoSyncWait(d.batch, pebble.Sync); err != nil {
		return err
	}
	for seg, rows := range d.hidden {
		seg.hide(rows)
	}
	d.store.segments.removed(d.space, d.numbers)
	return nil
}

func (d *deletion) add(id string) error {
	key := d.space.docID(id)
	var at []byte
	if d.schema.Immutable {
		var err error
		if at, err = get(d.batch, d.space.id(id)); err != nil || at == nil {
			return err
		}
		key = append(d.space.key(tagDoc), at...)
	}
	value, err := get(d.batch, key)
	if err != nil || value == nil {
		return err
	}
	doc, err := parseDocument(value)
	if err != nil {
		return err
	}
	d.count++
	if err := d.batch.Delete(key, nil); err != nil {
		return err
	}
	if err := d.uncount(0, doc.time, ""); err != nil {
		return err
	}
	if !d.schema.Immutable {
		return d.mutable(&doc)
	}
	number, err := parseNumber(at)
	if err != nil {
		return err
	}
	return d.immutable(&doc, number)
}

func (d *deletion) mutable(doc *document) error {
	if err := d.batch.Delete(d.space.byTime(doc.time, doc.id), nil); err != nil {
		return err
	}
	for _, key := range doc.keys {
		if err := d.batch.Delete(append(d.space.byKey(key.Field, key.Value), doc.id...), nil); err != nil {
			return err
		}
	}
	return nil
}

func (d *deletion) uncount(group byte, t int64, value string) error {
	return d.batch.Merge(d.space.count(group, hourOf(t), value), appendCounter(nil, -1), nil)
}

func (d *deletion) immutable(doc *document, number uint64) error {
	if err := d.batch.Delete(d.space.id(doc.id), nil); err != nil {
		return err
	}
	stored := storage.Doc{Body: doc.body}
	for i, group := range groupsOf(d.schema, &stored) {
		if err := d.uncount(byte(i+1), doc.time, group); err != nil {
			return err
		}
	}
	for _, key := range keysOf(d.schema, &stored) {
		if err := d.cutRun(key, number); err != nil {
			return err
		}
	}
	d.numbers = append(d.numbers, number)
	return d.hideRow(number)
}

// cutRun takes one number out of the run that holds it; the rest becomes one or two shorter runs.
func (d *deletion) cutRun(key storage.Key, number uint64) error {
	prefix := d.space.byKey(key.Field, key.Value)
	iter, err := d.batch.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(d.space.run(key.Field, key.Value, number))})
	if err != nil {
		return err
	}
	r := run{space: d.space, key: key}
	found := iter.Last()
	if found {
		var first uint64
		if first, err = parseNumber(iter.Key()[len(prefix):]); err == nil {
			err = r.parse(first, iter.Value())
		}
	}
	if err = errors.Join(err, iter.Close()); err != nil || !found || number > r.last {
		return err
	}
	if err := d.batch.Delete(d.space.run(key.Field, key.Value, r.first), nil); err != nil {
		return err
	}
	if number > r.first {
		before := run{first: r.first, last: number - 1, from: r.from, to: r.to}
		if err := d.batch.Set(d.space.run(key.Field, key.Value, before.first), before.value(), nil); err != nil {
			return err
		}
	}
	if number < r.last {
		behind := run{first: number + 1, last: r.last, from: r.from, to: r.to}
		return d.batch.Set(d.space.run(key.Field, key.Value, behind.first), behind.value(), nil)
	}
	return nil
}

// hideRow marks the document's row in its segment.
func (d *deletion) hideRow(number uint64) error {
	for _, seg := range d.segments {
		if number < seg.First || number > seg.Last {
			continue
		}
		rows, err := d.rowsOf(seg)
		if err != nil {
			return err
		}
		row, found := rows[number]
		if !found {
			continue
		}
		d.hidden[seg] = append(d.hidden[seg], row)
		return d.batch.Set(seg.space.deletedRow(seg.Number, row), nil, nil)
	}
	return nil
}

func (d *deletion) rowsOf(seg *segment) (map[uint64]uint32, error) {
	if rows := d.rows[seg]; rows != nil {
		return rows, nil
	}
	refs, err := seg.rows(d.store.db)
	if err != nil {
		return nil, err
	}
	rows := make(map[uint64]uint32, len(refs))
	for row, ref := range refs {
		rows[ref.number] = uint32(row)
	}
	d.rows[seg] = rows
	return rows, nil
}
