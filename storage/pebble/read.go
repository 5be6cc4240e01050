package pebble

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// get copies a value out of the store; nil when there is none.
func get(db pebble.Reader, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	copied := append(make([]byte, 0, len(value)), value...)
	return copied, closer.Close()
}

// readHeader reads a document without its body; nil when there is none.
func readHeader(db pebble.Reader, key []byte) (*document, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := parseDocument(value)
	doc.body = nil
	return &doc, errors.Join(err, closer.Close())
}

// each calls f with every key and value that begins with prefix; they are valid only during the call.
func (s *Store) each(prefix []byte, f func(key, value []byte) error) error {
	return s.eachBetween(prefix, after(prefix), f)
}

func (s *Store) eachBetween(lower, upper []byte, f func(key, value []byte) error) error {
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	for valid := iter.First(); valid && err == nil; valid = iter.Next() {
		err = f(iter.Key(), iter.Value())
	}
	return errors.Join(err, iter.Close())
}
