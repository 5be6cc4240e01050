package pebble

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
)

// On lets a store live on another file system than the disk.
func (o Options) On(fs vfs.FS) Options {
	o.fs = fs
	return o
}

// Settle waits until no tail is long enough for a segment and no segment holds a deleted document.
func (s *Store) Settle(t rapid.TB) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !s.settled() {
		if time.Now().After(deadline) {
			t.Fatal("the segments are not made after 30 seconds")
		}
		<-time.After(100 * time.Microsecond)
	}
}

func (s *Store) settled() bool {
	<-s.segments.ready
	if len(s.segments.full()) > 0 {
		return false
	}
	s.segments.mu.RLock()
	defer s.segments.mu.RUnlock()
	for _, at := range s.segments.shelf {
		if at.making {
			return false
		}
		for _, seg := range at.segments {
			if len(*seg.deleted.Load()) > 0 {
				return false
			}
		}
	}
	return true
}

// Segments tells how many rows each segment of a collection has.
func (s *Store) Segments(tenant string, c storage.Collection) (rows []int) {
	number, _, _ := s.tenant(tenant, false)
	segments, _, _ := s.segments.list(s.queue.ended, spaceOf(number, c))
	for _, seg := range segments {
		rows = append(rows, seg.Rows)
	}
	return rows
}

// Keys counts the keys of a tenant.
func (s *Store) Keys(t testing.TB, tenant string) (n int) {
	t.Helper()
	number, _, _ := s.tenant(tenant, false)
	for _, tag := range tenantTags {
		err := s.each([]byte{tag, byte(number >> 8), byte(number)}, func(_, _ []byte) error {
			n++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// Numbers returns the numbers of a collection's immutable documents.
func (s *Store) Numbers(t testing.TB, tenant string, c storage.Collection) (numbers []uint64) {
	t.Helper()
	number, _, _ := s.tenant(tenant, false)
	err := s.each(spaceOf(number, c).key(tagDoc), func(key, _ []byte) error {
		numbers = append(numbers, binary.BigEndian.Uint64(key[4:]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return numbers
}

// SetFormat writes another version of the format into the store.
func (s *Store) SetFormat(t testing.TB, version []byte) {
	t.Helper()
	if err := s.db.Set(metaKey("format"), version, pebble.Sync); err != nil {
		t.Fatal(err)
	}
}

// Flush writes what is in memory into files.
func (s *Store) Flush(t testing.TB) {
	t.Helper()
	if err := s.db.Flush(); err != nil {
		t.Fatal(err)
	}
}

// Verified waits until every file was read, or one found damaged.
func (s *Store) Verified(t testing.TB) {
	t.Helper()
	select {
	case <-s.verified:
	case <-time.After(30 * time.Second):
		t.Fatal("the files are not verified after 30 seconds")
	}
}
