package pebble_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// open opens a store that is closed after the test.
func open(t *testing.T, dir string, o pebble.Options) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRecords(t *testing.T) {
	t.Parallel()
	storagetest.Records(t, func(t *testing.T) storage.Records { return open(t, t.TempDir(), pebble.Options{}) }, storagetest.RecordsOptions{
		Queue: func(s storage.Records) storage.Queue { return s.(*pebble.Store).Queue() },
	})
}

// TestRecordsInSegments waits after each write until all documents but the last few are in segments.
func TestRecordsInSegments(t *testing.T) {
	t.Parallel()
	recordsInMemory(t, pebble.Options{SegmentRows: 16, Rewrite: time.Millisecond}, func(t rapid.TB, s storage.Records) {
		s.(*memoryStore).Settle(t)
	})
}

// TestRecordsOnTheMove asks while segments are made, or not yet, and while deleted documents are still in them, or not.
func TestRecordsOnTheMove(t *testing.T) {
	t.Parallel()
	recordsInMemory(t, pebble.Options{SegmentRows: 16, Rewrite: 20 * time.Millisecond}, nil)
}

// memoryStore is a store on a disk of memory.
type memoryStore struct {
	*pebble.Store
	disk memoryDisk
}

func recordsInMemory(t *testing.T, o pebble.Options, refresh func(rapid.TB, storage.Records)) {
	on := func(t *testing.T, disk memoryDisk) storage.Records {
		s, err := pebble.Open(t.Context(), "records", o.On(disk))
		if err != nil {
			t.Fatal(err)
		}
		return &memoryStore{s, disk}
	}
	options := storagetest.RecordsOptions{Refresh: refresh}
	options.Queue = func(s storage.Records) storage.Queue { return s.(*memoryStore).Queue() }
	options.Reopen = func(t *testing.T, s storage.Records) storage.Records {
		return on(t, s.(*memoryStore).disk.cut(0, 0))
	}
	storagetest.Records(t, func(t *testing.T) storage.Records { return on(t, newMemoryDisk()) }, options)
}
