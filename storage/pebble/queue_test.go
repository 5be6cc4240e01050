package pebble_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// queueStore is the queue of a store of its own.
type queueStore struct {
	storage.Queue
	store *pebble.Store
	dir   string
}

func (q *queueStore) Close() error {
	err := q.Queue.Close()
	if more := q.store.Close(); err == nil {
		err = more
	}
	return err
}

func openQueue(t *testing.T, dir string) *queueStore {
	t.Helper()
	store, err := pebble.Open(context.Background(), dir, pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := &queueStore{store.Queue(), store, dir}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// crash opens what a power cut would leave: the files as they are now, without any goodbye.
func crash(t *testing.T, q *queueStore) *queueStore {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(q.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == "LOCK" || entry.Name() == "BALLAST" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(q.dir, entry.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, entry.Name()), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return openQueue(t, dir)
}

func TestQueue(t *testing.T) {
	storagetest.Queue(t, func(t *testing.T) storage.Queue { return openQueue(t, t.TempDir()) }, storagetest.Options[storage.Queue]{
		Reopen: func(t *testing.T, q storage.Queue) storage.Queue { return crash(t, q.(*queueStore)) },
	})
}
