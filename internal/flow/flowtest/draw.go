// Package flowtest helps tests to draw flows, and has nodes to draw them with: the group try.
package flowtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/flow"
)

var (
	nodeLine = regexp.MustCompile(`^(\w+) ([\w.-]+)(?: (\{.*?\}))?(?: !(\{.*\}))?$`)
	edgeLine = regexp.MustCompile(`^(\w+)\.(\w+) -> (\w+)(?:\.(\w+))?(?: (\w+))?$`)
)

// Draw makes a graph of a text with a line for each node,
//
//	id type {settings} !{switches}
//
// and for each edge,
//
//	id.port -> id.port name
func Draw(t testing.TB, text string) *flow.Graph {
	t.Helper()
	g := &flow.Graph{Nodes: []flow.Node{}, Edges: []flow.Edge{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := nodeLine.FindStringSubmatch(line); m != nil {
			n := flow.Node{ID: m[1], Type: m[2], Config: json.RawMessage(m[3])}
			if m[4] != "" {
				if err := json.Unmarshal([]byte(m[4]), &n.Switches); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
			}
			g.Nodes = append(g.Nodes, n)
		} else if m := edgeLine.FindStringSubmatch(line); m != nil {
			g.Edges = append(g.Edges, flow.Edge{ID: fmt.Sprintf("e%d", len(g.Edges)+1), From: m[1], Port: m[2], To: m[3], ToPort: m[4], Name: m[5]})
		} else if line != "" {
			t.Fatalf("%q is neither a node nor an edge", line)
		}
	}
	return g
}
