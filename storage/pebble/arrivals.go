package pebble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// arrivalBytes bounds what one answer holds, whatever the number of documents that was asked for.
const arrivalBytes = 8 << 20

// Arrivals implements storage.Records: immutable documents are numbered as they come, and a place is the least number that
// the next one can have.
func (s *Store) Arrivals(ctx context.Context, tenant string, c storage.Collection, after string, limit int) (page storage.Page, err error) {
	number := uint64(0)
	if after != "" {
		if number, err = strconv.ParseUint(after, 10, 64); err != nil {
			return page, tracardi.InvalidField("after", "is not a place that was given: use the last one, unchanged")
		}
	}
	page.Next = strconv.FormatUint(number, 10)
	err = s.query(ctx, tenant, c, storage.Query{}, func(p *plan) error {
		if !p.schema.Immutable {
			return tracardi.InvalidField("collection", "%s documents change and have no order of arrival", c)
		}
		if after != "" {
			return p.arrivals(&page, number, limit)
		}
		return p.end(&page)
	})
	if err != nil {
		return storage.Page{}, err
	}
	return page, nil
}

// arrivals reads the documents from a number on.
func (p *plan) arrivals(page *storage.Page, number uint64, limit int) error {
	iter, err := p.iterate(number)
	if err != nil {
		return err
	}
	size := 0
	for valid := iter.First(); valid && err == nil && len(page.Docs) < limit && size < arrivalBytes; valid = iter.Next() {
		var doc document
		if doc, err = parseDocument(bytes.Clone(iter.Value())); err != nil {
			break
		}
		size += len(doc.body)
		page.Docs = append(page.Docs, storage.Doc{ID: doc.id, Time: fromMicros(doc.time), Body: doc.body})
		page.Next = placeBehind(iter.Key())
		err = p.ctx.Err()
	}
	return errors.Join(err, iter.Close())
}

// end finds the place behind the newest document.
func (p *plan) end(page *storage.Page) error {
	iter, err := p.iterate(0)
	if err != nil {
		return err
	}
	if iter.Last() {
		page.Next = placeBehind(iter.Key())
	}
	return iter.Close()
}

// iterate walks over immutable documents from a number on.
func (p *plan) iterate(from uint64) (*pebble.Iterator, error) {
	return p.store.db.NewIter(&pebble.IterOptions{LowerBound: p.space.docNumber(from), UpperBound: after(p.space.key(tagDoc))})
}

func placeBehind(key []byte) string {
	return strconv.FormatUint(binary.BigEndian.Uint64(key[len(key)-8:])+1, 10)
}
