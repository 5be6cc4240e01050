package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestWritingNodes follows docs/writing-nodes.md: a module of one's own with a node, its tests, and the program around it.
func TestWritingNodes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "writing-nodes.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	written := 0
	for _, block := range regexp.MustCompile("(?s)```go file=(\\S+)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		name := filepath.Join(dir, filepath.FromSlash(block[1]))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(block[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		written++
	}
	if written < 4 {
		t.Fatalf("the page has %d files", written)
	}
	outside(t, dir)
	goRun := func(args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		command := exec.CommandContext(ctx, "go", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod -trimpath", "GOWORK=off")
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := goRun("test", "-v", "./..."); !strings.Contains(out, "--- PASS: TestNodes/discount/a_returning_customer") {
		t.Errorf("the examples did not run:\n%s", out)
	}
	goRun("build", "-o", "tracardi", ".")
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "tracardi"), "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "tracardi ") {
		t.Errorf("%s, %v", out, err)
	}
}

// outside makes the folder a module of its own that uses this checkout.
func outside(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const name = "github.com/tracardi/tracardi-go"
	text := strings.Replace(string(ours), "module "+name, "module example.com/shop", 1) +
		"\nrequire " + name + " v0.0.0\nreplace " + name + " => " + root + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
