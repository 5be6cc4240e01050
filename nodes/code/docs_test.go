package code_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// documented returns the file of a name in the page about writing nodes.
func documented(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "writing-nodes.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```[a-z]+ file=" + regexp.QuoteMeta(name) + "\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatalf("the page has no file %s", name)
	}
	return string(block[1])
}

// TestDocumentedPrograms runs the programs of the page: one and the same node in three ways.
func TestDocumentedPrograms(t *testing.T) {
	t.Run("javascript", func(t *testing.T) {
		discount(t, "code.javascript", map[string]any{"code": documented(t, "discount.js"), "milliseconds": 5000}, nil)
	})
	t.Run("wasm", func(t *testing.T) {
		discount(t, "code.wasm", map[string]any{"module": compile(t, documented(t, "wasm/main.go")), "milliseconds": 10000}, nil)
	})
	t.Run("remote", func(t *testing.T) {
		address := serve(t, documented(t, "remote.mjs"))
		discount(t, "code.remote", map[string]any{"resource": "discounts", "settings": map[string]any{"percent": 25}, "milliseconds": 10000},
			map[string]any{"discounts": map[string]any{"url": address}})
	})
}

func discount(t *testing.T, id string, settings map[string]any, resources map[string]any) {
	t.Helper()
	config, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Lookup(id).Configure(config)
	if err != nil {
		t.Fatal(err)
	}
	for visits, want := range map[string]node.Result{
		"1": {Port: "false", Payload: map[string]any{"a": 1.0}},
		"5": {Port: "payload", Payload: map[string]any{"a": 1.0, "price": 60.0}},
	} {
		flow := nodetest.NewFlow()
		flow.Resources = resources
		flow.Over(t, "event", `{"properties": {"price": 80}}`)
		flow.Over(t, "profile", `{"stats": {"visits": `+visits+`}}`)
		out, err := n.Run(t.Context(), flow.Input(t, "payload", `{"a": 1}`))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]node.Result{want}, out.Results); diff != "" {
			t.Errorf("%s visits (-want +got):\n%s", visits, diff)
		}
		if noted, _ := flow.Profile().Traits.Get("discount"); (noted == 25.0) != (visits == "5") {
			t.Errorf("%s visits: noted %v", visits, noted)
		}
	}
}

// serve starts a program for Node.js that prints the port it listens on.
func serve(t *testing.T, source string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "remote.mjs")
	if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", name)
	command.Env = append(os.Environ(), "PORT=0")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = command.Process.Kill(), command.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	port, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		t.Fatalf("the program says %q, %v", line, err)
	}
	return "http://127.0.0.1:" + port
}
