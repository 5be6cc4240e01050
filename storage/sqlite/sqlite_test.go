package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/sqlite"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) storage.Config {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
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

// memoryFolder is a folder in memory, where the system has one, for tests that end a process at most: what that wrote is still there
// on every disk, and only waiting for a real one takes long.
func memoryFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tracardi-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestConfig(t *testing.T) {
	paths := map[storage.Config]string{}
	fresh := func(t *testing.T) storage.Config {
		path := filepath.Join(memoryFolder(t), "config.db")
		s := open(t, path)
		paths[s] = path
		return s
	}
	// What a killed process leaves: the files as they are, with nothing closed.
	reopen := func(t *testing.T, s storage.Config) storage.Config {
		left := filepath.Join(memoryFolder(t), "config.db")
		for _, suffix := range []string{"", "-wal"} {
			file, err := os.ReadFile(paths[s] + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(left+suffix, file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again := open(t, left)
		paths[again] = left
		return again
	}
	peer := func(t *testing.T, s storage.Config) storage.Config { return open(t, paths[s]) }
	storagetest.Config(t, fresh, storagetest.Options[storage.Config]{Reopen: reopen, Peer: peer})
}
