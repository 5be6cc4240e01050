package pebble_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

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
	storagetest.Records(t, func(t *testing.T) storage.Records { return open(t, t.TempDir(), pebble.Options{}) }, storagetest.RecordsOptions{})
}
