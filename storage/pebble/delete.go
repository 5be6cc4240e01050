package pebble

import (
	"context"
	"encoding/binary"
	"maps"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

// deletion removes documents, their index keys and their share of the counters.
type deletion struct {
	store  *Store
	batch  *pebble.Batch // indexed: a run that was shortened may be shortened again
	space  space
	schema *storage.Schema
	count  int
	rows   map[*segment][]uint32
}

func (d *deletion) add(ctx context.Context, id string) error {
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
	if d.schema.Immutable {
		return d.immutable(ctx, &doc, binary.BigEndian.Uint64(at))
	}
	return d.mutable(&doc)
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
	return d.uncount(doc.time, 0, "")
}

func (d *deletion) uncount(t int64, group byte, value string) error {
	return d.batch.Merge(d.space.count(hourOf(t), group, value), appendCounter(nil, -1), nil)
}

func (d *deletion) immutable(ctx context.Context, doc *document, number uint64) error {
	if err := d.batch.Delete(d.space.id(doc.id), nil); err != nil {
		return err
	}
	stored := storage.Doc{Body: doc.body}
	if err := d.uncount(doc.time, 0, ""); err != nil {
		return err
	}
	for i, group := range groupsOf(d.schema, &stored) {
		if err := d.uncount(doc.time, byte(i+1), group); err != nil {
			return err
		}
	}
	for _, key := range keysOf(d.schema, &stored) {
		if err := d.cutRun(key, number); err != nil {
			return err
		}
	}
	return d.hideRow(ctx, number)
}

// cutRun takes one number out of the run that holds it; the rest becomes one or two shorter runs.
func (d *deletion) cutRun(key storage.Key, number uint64) error {
	prefix := d.space.byKey(key.Field, key.Value)
	iter, err := d.batch.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: d.space.run(key.Field, key.Value, number+1)})
	if err != nil {
		return err
	}
	r := run{space: d.space, key: key}
	found := iter.Last()
	if found {
		err = r.parse(binary.BigEndian.Uint64(iter.Key()[len(prefix):]), iter.Value())
	}
	if closeErr := iter.Close(); err == nil {
		err = closeErr
	}
	if err != nil || !found || number > r.last {
		return err
	}
	if err := d.batch.Delete(d.space.run(key.Field, key.Value, r.first), nil); err != nil {
		return err
	}
	for _, part := range [2]run{{first: r.first, last: number - 1}, {first: number + 1, last: r.last}} {
		if part.first > part.last || number == 0 && part.first == 0 {
			continue
		}
		part.from, part.to = r.from, r.to
		if err := d.batch.Set(d.space.run(key.Field, key.Value, part.first), part.value(), nil); err != nil {
			return err
		}
	}
	return nil
}

// hideRow marks the document's row in its segment.
func (d *deletion) hideRow(ctx context.Context, number uint64) error {
	segments, tail, err := d.store.segments.list(ctx, d.space)
	if err != nil || number >= tail {
		return err
	}
	for _, seg := range segments {
		if number < seg.First || number > seg.Last {
			continue
		}
		rows, err := seg.rows(d.store.db)
		if err != nil {
			return err
		}
		for row, ref := range rows {
			if ref.number != number {
				continue
			}
			if d.rows == nil {
				d.rows = map[*segment][]uint32{}
			}
			d.rows[seg] = append(d.rows[seg], uint32(row))
			return d.batch.Set(d.space.deletedRow(seg.Number, uint32(row)), nil, nil)
		}
	}
	return nil
}

// mark makes the hidden rows known to searches once they are durable.
func (d *deletion) mark() {
	for seg, rows := range d.rows {
		for {
			old := seg.deleted.Load()
			changed := maps.Clone(*old)
			for _, row := range rows {
				changed[row] = true
			}
			if seg.deleted.CompareAndSwap(old, &changed) {
				break
			}
		}
	}
}
