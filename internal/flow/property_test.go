package flow_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// gives says how many payloads each kind sends to each port for one that arrives.
var gives = map[string]map[string]int{
	"try.start": {"payload": 1}, "try.pass": {"payload": 1}, "try.fail": {"error": 1}, "try.twice": {"payload": 2}, "try.break": {"error": 1},
}

// TestAnyGraph draws any graph without cycles and counts: each node is called once for each payload that an edge brings.
func TestAnyGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "nodes")
		kinds := []string{"try.start"}
		g := &flow.Graph{Nodes: []flow.Node{{ID: "n0", Type: "try.start"}}}
		calls := make([]int, n+1) // what must be called
		calls[0] = 1
		skipped := make([]bool, n+1)
		type key struct {
			from, to int
			port     string
		}
		seen := map[key]bool{}
		for i := 1; i <= n; i++ {
			kind := rapid.SampledFrom([]string{"try.pass", "try.fail", "try.twice", "try.break"}).Draw(t, "kind")
			skipped[i] = rapid.IntRange(0, 5).Draw(t, "skip") == 0
			g.Nodes = append(g.Nodes, flow.Node{ID: fmt.Sprintf("n%d", i), Type: kind, Switches: flow.Switches{Skip: skipped[i]}})
			kinds = append(kinds, kind)
			for range rapid.IntRange(0, 3).Draw(t, "edges") {
				e := key{rapid.IntRange(0, i-1).Draw(t, "from"), i, rapid.SampledFrom([]string{"payload", "error"}).Draw(t, "port")}
				g.Edges = append(g.Edges, flow.Edge{ID: fmt.Sprintf("e%d", len(g.Edges)), From: fmt.Sprintf("n%d", e.from), Port: e.port, To: fmt.Sprintf("n%d", i)})
				if seen[e] {
					continue // a second edge between the same ports is one with the first
				}
				seen[e] = true
				given := gives[kinds[e.from]][e.port]
				if skipped[e.from] {
					given = map[string]int{"payload": 1}[e.port]
				}
				calls[i] += calls[e.from] * given
			}
		}
		total := 0
		for _, c := range calls {
			total += c
		}
		if total > 1000 {
			t.Skip("more calls than a run may make")
		}
		shuffled := &flow.Graph{Nodes: rapid.Permutation(g.Nodes).Draw(t, "order"), Edges: g.Edges}
		f, problems := flow.Compile("f", "f", 1, shuffled)
		if f == nil {
			t.Fatalf("%v", problems)
		}
		run := f.Begin("r", monday)
		run.Start(t.Context(), &flow.Around{Host: nodetest.NewFlow()})
		got := make([]int, n+1)
		for i := range run.Trace {
			var at int
			if _, err := fmt.Sscanf(run.Trace[i].Node, "n%d", &at); err != nil {
				t.Fatal(err)
			}
			got[at]++
		}
		for i, want := range calls {
			if got[i] != want {
				t.Fatalf("node n%d was called %d times, want %d", i, got[i], want)
			}
		}
	})
}

// FuzzImport looks for exported flows that break the reader, the check or the run.
func FuzzImport(f *testing.F) {
	f.Add([]byte(original))
	f.Add([]byte(`{"name": "x", "graph": {"nodes": [{"id": "a", "type": "try.start"}], "edges": [{"id": "e", "from": "a", "port": "payload", "to": "a"}]}}`))
	f.Add([]byte(`{"graph": {"nodes": [{"id": "a", "type": "try.start", "switches": {"run_once": {"value": "payload@"}, "join": {"reshape": [1, "x"]}}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, _, err := flow.Import(text)
		if err != nil {
			return
		}
		compiled, problems := flow.Compile("f", d.Name, 0, &d.Graph)
		if compiled == nil {
			if len(problems) == 0 {
				t.Fatal("it cannot run, and nothing is wrong with it")
			}
			return
		}
		if diff := flow.Diff(&d.Graph, &d.Graph); !diff.Empty() {
			t.Fatalf("it differs from itself: %+v", diff)
		}
	})
}
