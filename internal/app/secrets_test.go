package app

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

func TestSecretIsMadeOnceAndKept(t *testing.T) {
	s := &config.Settings{Data: t.TempDir()}
	first, err := loadSecret(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 32 || bytes.Equal(first, make([]byte, 32)) {
		t.Fatalf("not a secret: %x", first)
	}
	again, err := loadSecret(s)
	if err != nil || !bytes.Equal(first, again) {
		t.Fatalf("the second start has another secret (%v)", err)
	}
	other, err := loadSecret(&config.Settings{Data: t.TempDir()})
	if err != nil || bytes.Equal(first, other) {
		t.Fatalf("two installations share a secret (%v)", err)
	}
	info, err := os.Stat(filepath.Join(s.Data, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v (%v)", info.Mode(), err)
	}
	if files, _ := os.ReadDir(s.Data); len(files) != 1 {
		t.Errorf("left files behind: %v", files)
	}
}

func TestSecretIsRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(dir string) error
		want    []string
	}{
		{"open to others", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "secret"), []byte(strings.Repeat("ab", 32)), 0o644)
		}, []string{"0644", "chmod 600 "}},
		{"too short", func(dir string) error { return os.WriteFile(filepath.Join(dir, "secret"), []byte("abcd"), 0o600) }, []string{"damaged", "backup"}},
		{"no hexadecimal", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "secret"), []byte(strings.Repeat("xy", 32)), 0o600)
		}, []string{"damaged"}},
		{"lost", func(dir string) error { return os.Mkdir(filepath.Join(dir, "records"), 0o700) }, []string{"missing", "backup", "openssl"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := test.prepare(dir); err != nil {
				t.Fatal(err)
			}
			_, err := loadSecret(&config.Settings{Data: dir})
			if err == nil {
				t.Fatal("was accepted")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not mention %q", err, part)
				}
			}
		})
	}
}

func TestSecretOfTheSettings(t *testing.T) {
	want := strings.Repeat("ab", 32)
	file := filepath.Join(t.TempDir(), "mounted")
	if err := os.WriteFile(file, []byte(want+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*config.Settings{{Secret: want}, {SecretFile: file}} {
		got, err := loadSecret(s)
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("got %x (%v)", got, err)
		}
	}
	if _, err := loadSecret(&config.Settings{SecretFile: file + ".none"}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestAnotherSecretIsRefused(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() // only read from
	mine, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	for range 2 {
		if err := checkSecret(t.Context(), store, mine); err != nil {
			t.Fatal(err)
		}
	}
	if err := checkSecret(t.Context(), store, other); err == nil || !strings.Contains(err.Error(), "TRACARDI_SECRET") {
		t.Errorf("got %v", err)
	}
}
