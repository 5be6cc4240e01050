package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestBackup follows the page for those who run the program: a copy of the folder of a stopped one is everything, and the copy knows
// the same people and opens the same secrets.
func TestBackup(t *testing.T) {
	embedded(t)
	data, copied := t.TempDir(), filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["rest"]}`, nil)
	buy(t, p, 0)
	p.signal(syscall.SIGTERM)
	if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(copied, "secret"), 0o600); err != nil { // as tools for backups keep it
		t.Fatal(err)
	}
	p = start(t, data)
	buy(t, p, 1)
	p.signal(syscall.SIGTERM)
	for folder, rounds := range map[string]int{copied: 1, data: 2} {
		p := start(t, folder)
		await(t, "accepted payloads to be done", func() bool { return p.count("events", `type = "checkout-started"`) >= 20*rounds })
		if n := p.count("events", `type = "checkout-started"`); n != 20*rounds {
			t.Errorf("%d events, want %d", n, 20*rounds)
		}
		if n := p.count("profiles", ""); n != 5 {
			t.Errorf("%d people, want 5", n)
		}
		p.signal(syscall.SIGTERM)
	}
}
