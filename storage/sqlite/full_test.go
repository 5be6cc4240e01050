package sqlite

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/sqlconfig"
)

// A full disk is played by SQLite's own limit on the size of the file, which can only be set from inside.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.db")
	if err := touch(path); err != nil {
		t.Fatal(err)
	}
	write := connect(path, "immediate", 1)
	if err := prepare(t.Context(), write); err != nil {
		t.Fatal(err)
	}
	s := sqlconfig.New(connect(path, "deferred", readers), write, classify)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	limit := func(pages int) {
		if _, err := write.ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(pages)); err != nil {
			t.Fatal(err)
		}
	}
	put := func(i int) error {
		_, err := s.Put(t.Context(), storage.Item{
			Tenant: "acme", Kind: "source", ID: strconv.Itoa(i),
			Data: json.RawMessage(`"` + strings.Repeat("x", 2000) + `"`),
		})
		return err
	}
	limit(30)
	stored := 0
	for ; ; stored++ {
		err := put(stored)
		if err == nil {
			continue
		}
		if tracardi.KindOf(err) != tracardi.Unavailable || !strings.Contains(err.Error(), "full") {
			t.Fatalf("got %v, want an unavailable error that says why", err)
		}
		break
	}
	if items, err := s.List(t.Context(), "acme", "source"); err != nil || len(items) != stored || stored == 0 {
		t.Errorf("got %d items and error %v, want the %d that were stored", len(items), err, stored)
	}
	limit(1000)
	if err := put(stored); err != nil {
		t.Errorf("got %v after room was made", err)
	}
}
