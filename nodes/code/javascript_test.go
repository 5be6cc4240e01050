package code_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// short and long are limits of time, in milliseconds: for code that runs into it, and for code that meets another limit first.
const short, long = 100, 5000

func javascript(t testing.TB, milliseconds int, source string) (node.Node, error) {
	t.Helper()
	config, err := json.Marshal(map[string]any{"code": source, "milliseconds": milliseconds})
	if err != nil {
		t.Fatal(err)
	}
	return node.Lookup("code.javascript").Configure(config)
}

// TestCodeIsBounded runs code that would take everything.
func TestCodeIsBounded(t *testing.T) {
	f := func(limit int, source, want string) {
		t.Helper()
		n, err := javascript(t, limit, source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			return
		}
		began := time.Now()
		flow := nodetest.NewFlow()
		out, err := n.Run(t.Context(), flow.Input(t, "payload", `{"a": 1}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want an error with %q", source, out, err, want)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: took %v", source, took)
		}
	}
	f(short, `function run() { while (true) {} }`, "longer than 100 ms")
	f(short, `function run() { for (;;) { try { while (true) {} } catch (e) {} } }`, "longer than 100 ms")
	f(short, `function run() { /^(a+)+$/.test("a".repeat(40) + "b") }`, "longer than 100 ms")
	f(long, `function run() { const a = []; for (;;) a.push(new ArrayBuffer(1e6)) }`, "memory")
	f(long, `function run() { return {a: "x".repeat(2 ** 28)} }`, "memory")
	f(long, `function run() { return {a: "x".repeat(2 ** 21)} }`, "bytes, more than 1048576")
	f(long, `function run() { const f = () => f(); f() }`, "stack overflow")
	f(long, `function run() { let d = []; for (let i = 0; i < 2e3; i++) d = [d]; return {d} }`, "stack overflow")
	f(long, `function run() { JSON.parse("[".repeat(2e3)) }`, "stack overflow")
	f(long, `function run() { eval("[".repeat(2e3) + "]".repeat(2e3)) }`, "stack overflow")
	f(long, `function run() { const a = {}; a.a = a; return a }`, "circular")
	f(long, `function run() { return 5 }`, "object, true, false or nothing")
	f(long, `async function run() { return {} }`, "object, true, false or nothing")
	f(long, `function run() { set("flow@id", "x") }`, "can't be changed")
	f(long, `function run() { set("nowhere", 1) }`, `"nowhere" names no place`)
	f(long, `function run() { throw {strange: true} }`, "")
}

// TestCodeReachesNothing looks for ways out of the machine.
func TestCodeReachesNothing(t *testing.T) {
	n, err := javascript(t, long, `function run() {
		const names = ["fetch", "XMLHttpRequest", "WebSocket", "require", "process", "std", "os", "bjson", "setTimeout", "Worker", "scriptArgs", "print", "console"];
		return {found: names.filter(name => globalThis[name] !== undefined)};
	}`)
	if err != nil {
		t.Fatal(err)
	}
	flow := nodetest.NewFlow()
	out, err := n.Run(t.Context(), flow.Input(t, "payload", ""))
	if err != nil || len(out.Results) != 1 || len(out.Results[0].Payload["found"].([]any)) != 0 {
		t.Errorf("got %v, %v", out, err)
	}
	for _, source := range []string{`import * as os from "os"; function run() {}`, `import "./file.js"; function run() {}`} {
		if _, err := javascript(t, short, source); err == nil {
			t.Errorf("%s was accepted", source)
		}
	}
}

func TestNothingStays(t *testing.T) {
	n, err := javascript(t, long, `let count = 0; function run() { Object.prototype.leak = "x"; globalThis.seen = (globalThis.seen || 0) + 1; return {count: ++count, seen} }`)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		flow := nodetest.NewFlow()
		out, err := n.Run(t.Context(), flow.Input(t, "payload", ""))
		if err != nil || out.Results[0].Payload["count"] != 1.0 || out.Results[0].Payload["seen"] != 1.0 {
			t.Fatalf("got %v, %v", out, err)
		}
	}
}

func TestCodeEndsWithItsContext(t *testing.T) {
	n, err := node.Lookup("code.javascript").Configure([]byte(`{"code": "function run() { while (true) {} }", "milliseconds": 5000}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond} { // before, between and while it runs
		ctx, cancel := context.WithTimeout(t.Context(), after)
		defer cancel()
		began := time.Now()
		flow := nodetest.NewFlow()
		if _, err := n.Run(ctx, flow.Input(t, "payload", "")); err == nil || time.Since(began) > 4*time.Second {
			t.Errorf("ended after %v: got %v after %v", after, err, time.Since(began))
		}
	}
}

func TestCodeIsCheckedWhenSaved(t *testing.T) {
	f := func(source, want string) {
		t.Helper()
		_, err := javascript(t, short, source)
		if tracardi.KindOf(err) != tracardi.Invalid || !strings.Contains(err.Error(), "code: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", source, err, want)
		}
	}
	f(`function run( {`, "")
	f(`function walk() {}`, "no function run")
	f(`throw new Error("at once"); function run() {}`, "at once")
	f(`while (true) {}`, "")
	f(`//`+strings.Repeat("x", 300<<10), "bytes, more than")
}

func BenchmarkJavaScript(b *testing.B) {
	n, err := javascript(b, long, `function run({payload}) { return {sum: payload.a + 1} }`)
	if err != nil {
		b.Fatal(err)
	}
	flow := nodetest.NewFlow()
	in := &node.Input{Port: "payload", Payload: map[string]any{"a": 1.0}, Run: flow}
	for b.Loop() {
		if _, err := n.Run(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
