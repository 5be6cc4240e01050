package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Flow is a drawing that can run. It never changes.
type Flow struct {
	ID      string
	Name    string
	Version int64 // 0 for a draft

	steps []step // in the order in which they run
	index map[string]int
	edges []Edge
	to    []int          // the step that each edge leads to
	joins bool           // some step waits for all of its edges
	about map[string]any // what flow@ answers
}

// step is a node, ready to run.
type step struct {
	id, name string
	kind     *node.Type
	node     node.Node
	compiledSwitches
	config json.RawMessage

	in    []int // edges that lead here, in the order of the drawing
	out   []int // edges that leave
	start bool  // the flow begins here
	join  bool  // the payloads of all edges arrive as one
}

// Check lists everything that is wrong with a drawing.
func Check(g *Graph) []Mistake {
	_, problems := Compile("", "", 0, g)
	return problems
}

// Broken lists what keeps a drawing from being a graph: doubled ids, edges to nowhere, cycles. The rest may be mended later.
func Broken(problems []Mistake) []Mistake {
	return slices.DeleteFunc(slices.Clone(problems), func(p Mistake) bool { return !p.Broken })
}

// Faults lists what keeps a flow from running.
func Faults(problems []Mistake) []Mistake {
	return slices.DeleteFunc(slices.Clone(problems), func(p Mistake) bool { return p.Warning })
}

// Compile makes a drawing ready to run, or says everything that is wrong with it. The flow is nil when there are faults; when
// there are only warnings it can run.
func Compile(id, name string, version int64, g *Graph) (*Flow, []Mistake) {
	c := compiler{graph: g, index: map[string]int{}}
	c.nodes()
	c.connect()
	order := c.order()
	c.reach()
	if len(Faults(c.problems)) > 0 {
		return nil, c.problems
	}
	return c.flow(id, name, version, order), c.problems
}

type compiler struct {
	graph    *Graph
	problems []Mistake
	steps    []step
	index    map[string]int // node id → step
	edges    []Edge         // without doubles and broken ones
}

func (c *compiler) report(p Mistake) { c.problems = append(c.problems, p) }

// nodes makes the steps, in the order of the drawing.
func (c *compiler) nodes() {
	for i := range c.graph.Nodes {
		n := &c.graph.Nodes[i]
		fault := func(field, format string, args ...any) {
			c.report(Mistake{Node: n.ID, Field: field, Message: fmt.Sprintf(format, args...)})
		}
		if _, twice := c.index[n.ID]; twice || n.ID == "" {
			c.report(Mistake{Node: n.ID, Field: "id", Message: "each node has an id of its own", Broken: true})
			continue
		}
		s := step{id: n.ID, name: n.Name, kind: node.Lookup(n.Type), config: n.Config}
		s.compiledSwitches = n.Switches.compile(fault)
		if s.kind == nil {
			fault("type", "there is no kind of node %q", n.Type)
		} else {
			s.configure(n.Config, fault)
		}
		c.index[n.ID] = len(c.steps)
		c.steps = append(c.steps, s)
	}
}

func (s *step) configure(config json.RawMessage, fault func(field, format string, args ...any)) {
	if s.name == "" {
		s.name = s.kind.Name
	}
	s.join = s.kind.Joins || s.Join != nil
	var err error
	if s.node, err = s.kind.Configure(config); err == nil {
		return
	}
	for _, part := range parts(err) {
		field, message := "config", part.Error()
		if e, ok := errors.AsType[*tracardi.Error](part); ok {
			field, message = strings.TrimSuffix("config."+e.Field, "."), e.Message
			if e.Field == "config" {
				field = "config"
			}
		}
		fault(field, "%s", message)
	}
}

// parts takes joined errors apart.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// connect checks the edges and hangs them on their nodes.
func (c *compiler) connect() {
	ids, ways := map[string]bool{}, map[Edge]bool{}
	for _, e := range c.graph.Edges {
		from, hasFrom := c.index[e.From]
		to, hasTo := c.index[e.To]
		broken := func(message string, args ...any) {
			c.report(Mistake{Edge: e.ID, Message: fmt.Sprintf(message, args...), Broken: true})
		}
		switch {
		case e.ID == "" || ids[e.ID]:
			broken("each edge has an id of its own")
			continue
		case !hasFrom:
			broken("it comes from the node %q, which is not there", e.From)
			continue
		case !hasTo:
			broken("it leads to the node %q, which is not there", e.To)
			continue
		}
		ids[e.ID] = true
		c.checkPorts(&e, &c.steps[from], &c.steps[to])
		if way := (Edge{From: e.From, Port: e.Port, To: e.To, ToPort: e.ToPort}); ways[way] {
			continue // drawn twice
		} else {
			ways[way] = true
		}
		at := len(c.edges)
		c.edges = append(c.edges, e)
		c.steps[from].out = append(c.steps[from].out, at)
		c.steps[to].in = append(c.steps[to].in, at)
	}
	for i := range c.steps {
		c.checkKeys(&c.steps[i])
	}
}

func (c *compiler) checkPorts(e *Edge, from, to *step) {
	if from.kind != nil && !from.kind.HasOut(e.Port) {
		c.report(Mistake{Node: from.id, Edge: e.ID, Field: "port", Message: fmt.Sprintf("the node has no output port %q; it has %s", e.Port, portNames(from.kind.Out, node.ErrorPort))})
	}
	if to.kind == nil {
		return
	}
	if e.ToPort == "" && len(to.kind.In) > 0 {
		e.ToPort = to.kind.In[0].Name
	}
	switch {
	case len(to.kind.In) == 0:
		c.report(Mistake{Node: to.id, Edge: e.ID, Field: "to_port", Message: "nothing can lead to this node: it only begins flows"})
	case !to.kind.HasIn(e.ToPort):
		c.report(Mistake{Node: to.id, Edge: e.ID, Field: "to_port", Message: fmt.Sprintf("the node has no input port %q; it has %s", e.ToPort, portNames(to.kind.In))})
	}
}

func portNames(ports []node.Port, more ...string) string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.Name
	}
	return strings.Join(append(names, more...), ", ")
}

// checkKeys finds edges that would overwrite each other's payload where they join.
func (c *compiler) checkKeys(s *step) {
	if !s.join {
		return
	}
	seen := map[string]bool{}
	for _, at := range s.in {
		key := c.edges[at].Key()
		if seen[key] {
			c.report(Mistake{Node: s.id, Edge: c.edges[at].ID, Message: fmt.Sprintf("two edges called %q join here: give them different names", key)})
		}
		seen[key] = true
	}
}

// order sorts the nodes so that each comes behind those that lead to it, and otherwise as they were drawn. It reports cycles.
func (c *compiler) order() []int {
	missing := make([]int, len(c.steps))
	for i := range c.steps {
		missing[i] = len(c.steps[i].in)
	}
	order := make([]int, 0, len(c.steps))
	done := make([]bool, len(c.steps))
	for len(order) < len(c.steps) {
		next := -1
		for i := range c.steps {
			if !done[i] && missing[i] == 0 {
				next = i
				break
			}
		}
		if next < 0 {
			c.reportCycle(done)
			return nil
		}
		done[next] = true
		order = append(order, next)
		for _, at := range c.steps[next].out {
			missing[c.index[c.edges[at].To]]--
		}
	}
	return order
}

// reportCycle names the nodes of one cycle among those that are left: from any of them, going backwards long enough.
func (c *compiler) reportCycle(done []bool) {
	at := slices.Index(done, false)
	seen := map[int]int{}
	var path []int
	for {
		if first, again := seen[at]; again {
			path = path[first:]
			break
		}
		seen[at] = len(path)
		path = append(path, at)
		for _, edge := range c.steps[at].in {
			if from := c.index[c.edges[edge].From]; !done[from] {
				at = from
				break
			}
		}
	}
	slices.Reverse(path)
	names := make([]string, len(path))
	for i, step := range path {
		names[i] = c.steps[step].id
	}
	for _, name := range names {
		c.report(Mistake{Node: name, Message: "is part of a cycle: " + strings.Join(names, " → ") + " → " + names[0], Broken: true})
	}
}

// reach finds where the flow begins, and warns of nodes that no payload can come to.
func (c *compiler) reach() {
	var queue []int
	for i := range c.steps {
		s := &c.steps[i]
		s.start = s.kind != nil && s.kind.Start && len(s.in) == 0
		if s.start || s.kind == nil && len(s.in) == 0 { // of an unknown kind it is not known whether it can
			queue = append(queue, i)
		}
	}
	if len(queue) == 0 {
		c.report(Mistake{Message: "the flow has no beginning: add a node that flows begin with, such as Start"})
		return
	}
	reached := make([]bool, len(c.steps))
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if reached[at] {
			continue
		}
		reached[at] = true
		for _, edge := range c.steps[at].out {
			queue = append(queue, c.index[c.edges[edge].To])
		}
	}
	for i, ok := range reached {
		if !ok {
			c.report(Mistake{Node: c.steps[i].id, Message: "nothing leads to this node", Warning: true})
		}
	}
}

// flow puts the steps in order.
func (c *compiler) flow(id, name string, version int64, order []int) *Flow {
	f := &Flow{ID: id, Name: name, Version: version, edges: c.edges, index: make(map[string]int, len(order))}
	for _, at := range order {
		f.index[c.steps[at].id] = len(f.steps)
		f.steps = append(f.steps, c.steps[at])
	}
	for _, e := range f.edges {
		f.to = append(f.to, f.index[e.To])
	}
	for i := range f.steps {
		f.joins = f.joins || f.steps[i].join
	}
	f.about = map[string]any{"id": id, "name": name, "version": float64(version)}
	return f
}
