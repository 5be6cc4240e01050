package pebble_test

import (
	"errors"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// queueStore is the queue of a store of its own, on a disk of memory that can lose what was not synced.
type queueStore struct {
	storage.Queue
	store *pebble.Store
	fs    *vfs.MemFS
}

func (q *queueStore) Close() error { return errors.Join(q.Queue.Close(), q.store.Close()) }

func openQueue(t *testing.T) *queueStore {
	t.Helper()
	return openQueueOn(t, vfs.NewCrashableMem())
}

func openQueueOn(t *testing.T, fs *vfs.MemFS) *queueStore {
	t.Helper()
	store, err := pebble.Open(t.Context(), "records", pebble.Options{}.On(fs))
	if err != nil {
		t.Fatal(err)
	}
	q := &queueStore{store.Queue(), store, fs}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// crash opens what a power cut would leave now.
func crash(t *testing.T, q *queueStore) *queueStore {
	t.Helper()
	return openQueueOn(t, q.fs.CrashClone(vfs.CrashCloneCfg{}))
}

func TestQueue(t *testing.T) {
	storagetest.Queue(t, func(t *testing.T) storage.Queue { return openQueue(t) }, storagetest.Options[storage.Queue]{
		Reopen: func(t *testing.T, q storage.Queue) storage.Queue { return crash(t, q.(*queueStore)) },
	})
}
