package code_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
	"github.com/tracardi/tracardi-go/nodes/code"
)

// misbehaving is a program that does what its first payload member asks for.
const misbehaving = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	var asked struct{ Payload struct{ Do string } }
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	switch asked.Payload.Do {
	case "loop":
		for {
		}
	case "memory":
		var kept [][]byte
		for {
			kept = append(kept, make([]byte, 1<<20))
		}
	case "talk":
		fmt.Print("{\"port\":\"payload\",\"payload\":{\"a\":\"" + strings.Repeat("x", 2<<20) + "\"}}")
	case "complain":
		fmt.Fprintln(os.Stderr, "no luck today")
		os.Exit(3)
	case "files":
		_, err := os.ReadDir("/")
		fmt.Printf("{\"port\":\"%t\"}", err == nil)
	case "environment":
		fmt.Printf("{\"port\":\"%t\"}", len(os.Environ()) > 0)
	case "change":
		fmt.Print("{\"port\":\"payload\",\"changes\":[[\"profile@traits.color\",\"red\"]],\"logs\":[\"hello\"]}")
	}
}
`

// compile makes a module of a Go program.
func compile(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "node.wasm")
	command := exec.Command("go", "build", "-ldflags", "-s -w", "-o", out, "main.go")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GO111MODULE=off", "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(module)
}

func TestProgramsAreBounded(t *testing.T) {
	config, err := json.Marshal(map[string]any{"module": compile(t, misbehaving), "milliseconds": 10000, "megabytes": 64})
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Lookup("code.wasm").Configure(config)
	if err != nil {
		t.Fatal(err)
	}
	flow := nodetest.NewFlow()
	f := func(do, port, want string) {
		t.Helper()
		out, err := n.Run(t.Context(), flow.Input(t, "payload", `{"do": "`+do+`"}`))
		switch {
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want an error with %q", do, err, want)
		case want == "" && (err != nil || len(out.Results) != 1 || out.Results[0].Port != port):
			t.Errorf("%s: got %v, %v, want the port %s", do, out, err, port)
		}
	}
	f("memory", "", "memory")
	f("talk", "", "more than 1048576 bytes")
	f("complain", "", "no luck today")
	f("files", "false", "")
	f("environment", "false", "")
	f("nothing", "", "cannot be read")
	f("change", "payload", "")
	n.(*code.WASM).Milliseconds = 500 // which spares the race detector a second translation of the module
	f("loop", "", "longer than 500 ms")
	if color := flow.Profile().Traits.Text("color"); color != "red" || len(flow.Logged) != 1 {
		t.Errorf("color %q, logs %v", color, flow.Logged)
	}
}

func TestModuleIsCheckedWhenSaved(t *testing.T) {
	f := func(module, want string) {
		t.Helper()
		config, _ := json.Marshal(map[string]any{"module": module})
		if _, err := node.Lookup("code.wasm").Configure(config); err == nil || !strings.Contains(err.Error(), "module: "+want) {
			t.Errorf("%.20s: got %v, want %q", module, err, want)
		}
	}
	f("", "is required")
	f("%%%", "is no base64")
	f(base64.StdEncoding.EncodeToString([]byte("no module")), "is no WebAssembly")
	f(base64.StdEncoding.EncodeToString([]byte("\x00asm\x01\x00\x00\x00")), "is no WASI command")
	f(strings.Repeat("A", 6<<20), "is larger than 4 MB")
}
