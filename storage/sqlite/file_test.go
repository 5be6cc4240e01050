package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/sqlconfig"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// filled makes a closed file with some items and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.db")
	s := open(t, path)
	for i := range 200 {
		put(t, s, strconv.Itoa(i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func put(t *testing.T, s storage.Config, id string) {
	t.Helper()
	_, err := s.Put(t.Context(), storage.Item{
		Tenant: "acme", Kind: "source", ID: id, Name: id,
		Data: json.RawMessage(`"` + strings.Repeat(id, 50) + `"`),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// statement runs SQL on a file that the store has closed.
func statement(t *testing.T, path, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(text, args...)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func wantRefused(t *testing.T, path string, kind tracardi.Kind, says ...string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err == nil {
		t.Fatal("got no error", s.Close())
	}
	if got := tracardi.KindOf(err); got != kind {
		t.Errorf("got kind %q, want %q: %v", got, kind, err)
	}
	for _, each := range append(says, path) {
		if !strings.Contains(err.Error(), each) {
			t.Errorf("got %q, want it to say %q", err, each)
		}
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "folder")
	path := filepath.Join(folder, "config.db")
	mode := func(path string, want os.FileMode) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	s := open(t, path)
	put(t, s, "a")
	mode(folder, 0o700)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		mode(path+suffix, 0o600)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	mode(path, 0o600)
}

func TestAwkwardPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "what?.db", "50%25.db", "a#b.db", "a&b=c.db", "ä😀.db", "file:x.db", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		put(t, s, "a")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		if _, err := open(t, path).Get(t.Context(), "acme", "source", "a"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	for name, damage := range map[string]func(file []byte) []byte{
		"other content":   func([]byte) []byte { return []byte("tenant,kind,id\n" + strings.Repeat("acme,source,a\n", 100)) },
		"broken header":   func(file []byte) []byte { file[3] ^= 1; return file },
		"cut in the half": func(file []byte) []byte { return file[:len(file)/2] },
		"a page of zeros": func(file []byte) []byte { clear(file[2*4096 : 3*4096]); return file },
		"a page of noise": func(file []byte) []byte {
			noise := rand.NewChaCha8([32]byte{})
			_, _ = noise.Read(file[4096 : 2*4096])
			return file
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(file), 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, path, tracardi.Internal, "is damaged", "restore it from a backup", path+"-wal")
		})
	}
}

func TestFileOfAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	statement(t, path, `CREATE TABLE note (text TEXT)`)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, tracardi.Internal, "another program", "name another file")
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
	statement(t, path, `DROP TABLE note; PRAGMA application_id = 7`)
	wantRefused(t, path, tracardi.Internal, "another program")
}

func TestUnreachableFile(t *testing.T) {
	folder := t.TempDir()
	wantRefused(t, folder, tracardi.Unavailable, "is not a file")
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, filepath.Join(file, "config.db"), tracardi.Unavailable, "give the program's user the right")
}

func TestOpenStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "config.db"))
	if tracardi.KindOf(err) != tracardi.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want an unavailable error that wraps context.Canceled", err)
	}
}

func TestSchemaOfANewerRelease(t *testing.T) {
	path := filled(t)
	statement(t, path, `INSERT INTO config_schema (version_id, is_applied) VALUES (99, 1)`)
	wantRefused(t, path, tracardi.Internal, "version 99", "start the newer release", "backup")
	statement(t, path, `DELETE FROM config_schema WHERE version_id = 99`)
	if _, err := open(t, path).Get(t.Context(), "acme", "source", "1"); err != nil {
		t.Errorf("the refused file is not as it was: %v", err)
	}
}

func TestMigrationsRunOnce(t *testing.T) {
	path := filled(t)
	open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // only read from
	var runs, versions int
	if err := db.QueryRow(`SELECT count(*), count(DISTINCT version_id) FROM config_schema WHERE version_id > 0`).Scan(&runs, &versions); err != nil {
		t.Fatal(err)
	}
	if runs == 0 || runs != versions {
		t.Errorf("%d runs of %d migrations", runs, versions)
	}
}

func TestManyOpenANewFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.db")
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			s, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			item := storage.Item{Tenant: "acme", Kind: "source", ID: strconv.Itoa(i), Data: json.RawMessage(`1`)}
			if _, err := s.Put(t.Context(), item); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	items, err := open(t, path).List(t.Context(), "acme", "source")
	if err != nil || len(items) != 8 {
		t.Errorf("got %d items and error %v, want 8", len(items), err)
	}
}

func TestOldDeletionsAreForgotten(t *testing.T) {
	path := filled(t)
	s := open(t, path)
	remove := func(id string) {
		t.Helper()
		if err := s.Delete(t.Context(), "acme", "source", id); err != nil {
			t.Fatal(err)
		}
	}
	remove("1")
	_, early, err := s.Changes(t.Context(), 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	remove("2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	statement(t, path, `UPDATE config_revision SET revision = revision + ?`, sqlconfig.KeepDeleted)
	s = open(t, path)
	if _, _, err := s.Changes(t.Context(), early); err != nil {
		t.Errorf("nothing is forgotten yet, got %v", err)
	}
	remove("3")
	changes, newest, err := s.Changes(t.Context(), early)
	if tracardi.KindOf(err) != tracardi.NotFound || len(changes) > 0 {
		t.Errorf("got %d changes and %v, want the error that says to load everything again", len(changes), err)
	}
	if changes, _, err = s.Changes(t.Context(), newest-1); err != nil || len(changes) != 1 || changes[0].ID != "3" {
		t.Errorf("got %v and %v, want the last deletion", changes, err)
	}
	if changes, _, err = s.Changes(t.Context(), 0); err != nil || len(changes) != 197+1 {
		t.Errorf("got %d changes and %v, want all items and the last deletion", len(changes), err)
	}
}
