package flow

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Document is a flow outside of an installation: exported, to be imported.
type Document struct {
	ID          string   `json:"id,omitempty"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Graph       Graph    `json:"graph"`
}

// Import reads an exported flow, of this system or of the original. The error is Invalid; when it is about unknown nodes it
// names all of them. What the original had and what we have no word for is told in notes.
func Import(text []byte) (d Document, notes []string, err error) {
	var shape struct {
		FlowGraph json.RawMessage `json:"flowGraph"`
		Graph     json.RawMessage `json:"graph"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return d, nil, unreadable(err)
	}
	switch {
	case len(shape.FlowGraph) > 0:
		return importOriginal(text)
	case len(shape.Graph) == 0:
		return d, nil, tracardi.InvalidField("body", "is no exported flow: it has neither a graph nor a flowGraph")
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, nil, unreadable(err)
	}
	var unknown []string
	for _, n := range d.Graph.Nodes {
		if node.Lookup(n.Type) == nil {
			unknown = append(unknown, fmt.Sprintf("%q (%s)", n.Name, n.Type))
		}
	}
	return d, nil, unknownNodes(unknown)
}

func unknownNodes(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return tracardi.InvalidField("body", "the flow has nodes that nobody here knows, and nothing was imported: %s", strings.Join(names, ", "))
}

// The original's form of a flow, as far as it matters.
type (
	oldFlow struct {
		ID          string   `json:"id"`
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Tags        []string `json:"tags"`
		FlowGraph   struct {
			Nodes []oldNode `json:"nodes"`
			Edges []oldEdge `json:"edges"`
		} `json:"flowGraph"`
	}
	oldNode struct {
		ID       string `json:"id"`
		Position Point  `json:"position"`
		Data     struct {
			Start    bool    `json:"start"`
			Debug    bool    `json:"debug"`
			Spec     oldSpec `json:"spec"`
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"data"`
	}
	oldSpec struct {
		ClassName  string         `json:"className"`
		Module     string         `json:"module"`
		Init       map[string]any `json:"init"`
		Skip       bool           `json:"skip"`
		Block      bool           `json:"block_flow"`
		Background bool           `json:"run_in_background"`
		Continue   bool           `json:"on_error_continue"`
		Repeat     oldNumber      `json:"on_connection_error_repeat"`
		Append     bool           `json:"append_input_payload"`
		RunOnce    struct {
			Enabled bool      `json:"enabled"`
			Type    string    `json:"type"`
			Value   string    `json:"value"`
			TTL     oldNumber `json:"ttl"`
		} `json:"run_once"`
		Join *struct {
			Merge   bool                  `json:"merge"`
			Reshape map[string]oldReshape `json:"reshape"`
		} `json:"join"`
	}
	oldReshape struct {
		Template any   `json:"template"`
		Default  *bool `json:"default"`
	}
	oldEdge struct {
		ID           string `json:"id"`
		Source       string `json:"source"`
		SourceHandle string `json:"sourceHandle"`
		Target       string `json:"target"`
		TargetHandle string `json:"targetHandle"`
		Data         struct {
			Name string `json:"name"`
		} `json:"data"`
	}
)

// oldNumber is a number that the original's forms may have saved as a text; an empty one is 0.
type oldNumber float64

// UnmarshalJSON implements json.Unmarshaler.
func (n *oldNumber) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if text == "" || text == "null" {
		*n = 0
		return nil
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Errorf("%s is no number", raw)
	}
	*n = oldNumber(number)
	return nil
}

func importOriginal(text []byte) (d Document, notes []string, err error) {
	var old oldFlow
	if err := json.Unmarshal(text, &old); err != nil {
		return d, nil, unreadable(err)
	}
	d = Document{ID: old.ID, Name: old.Name, Description: old.Description, Tags: old.Tags, Graph: Graph{Nodes: []Node{}, Edges: []Edge{}}}
	if d.Name == "" {
		d.Name = "Imported flow"
	}
	kinds := map[string]*node.Type{}
	var unknown []string
	for i := range old.FlowGraph.Nodes {
		from := &old.FlowGraph.Nodes[i]
		made, kind, err := from.node()
		switch {
		case err != nil:
			return d, nil, err
		case kind == nil:
			unknown = append(unknown, fmt.Sprintf("%q (%s.%s)", from.Data.Metadata.Name, from.Data.Spec.Module, from.Data.Spec.ClassName))
			continue
		case from.Data.Start && !kind.Start:
			notes = append(notes, fmt.Sprintf("the node %q began the flow; here flows do not begin with %s", made.Name, kind.Name))
		}
		for _, setting := range kind.Unused(from.Data.Spec.Init) {
			notes = append(notes, fmt.Sprintf("the setting %q of the node %q is left out: %s has no place for it", setting, made.Name, kind.Name))
		}
		kinds[made.ID] = kind
		d.Graph.Nodes = append(d.Graph.Nodes, made)
	}
	if err := unknownNodes(unknown); err != nil {
		return d, nil, err
	}
	for i := range old.FlowGraph.Edges {
		d.Graph.Edges = append(d.Graph.Edges, old.FlowGraph.Edges[i].edge(kinds))
	}
	return d, notes, nil
}

// node translates a node; its kind is nil when nobody knows it.
func (o *oldNode) node() (n Node, kind *node.Type, err error) {
	spec := &o.Data.Spec
	kind, config, known, err := node.Import(spec.Module, spec.ClassName, spec.Init)
	if err != nil || !known {
		return n, nil, err
	}
	n = Node{ID: o.ID, Type: kind.FullID(), Name: o.Data.Metadata.Name, Position: o.Position, Config: config}
	n.Switches, err = spec.switches(o.Data.Debug)
	if err != nil {
		return n, nil, tracardi.InvalidField("body", "the node %q (%s): %v", n.Name, n.ID, err)
	}
	return n, kind, nil
}

func (o *oldSpec) switches(debug bool) (Switches, error) {
	s := Switches{Skip: o.Skip, Block: o.Block, TestOnly: debug, AppendInput: o.Append, Background: o.Background}
	if o.Continue {
		s.OnError = OnErrorContinue
	}
	if o.Repeat >= 2 {
		s.Retry = &Retry{Times: int(min(o.Repeat-1, 20))}
	}
	if once := o.RunOnce; once.Enabled {
		s.RunOnce = &RunOnce{TTL: Seconds(once.TTL)}
		if once.Type == "condition" {
			s.RunOnce.Condition = once.Value
		} else {
			s.RunOnce.Value = once.Value
		}
	}
	if o.Join == nil {
		return s, nil
	}
	s.Join = &Join{Merge: o.Join.Merge}
	if ports := sortedKeys(o.Join.Reshape); len(ports) > 0 { // nodes have one input, so there is one
		reshape := o.Join.Reshape[ports[0]]
		template := reshape.Template
		if text, ok := template.(string); ok && text != "" {
			if err := json.Unmarshal([]byte(text), &template); err != nil {
				return s, fmt.Errorf("its join has a template that is no JSON: %w", err)
			}
		}
		s.Join.Reshape, s.Join.Strict = template, reshape.Default != nil && !*reshape.Default
	}
	return s, nil
}

func (o *oldEdge) edge(kinds map[string]*node.Type) Edge {
	e := Edge{ID: o.ID, From: o.Source, Port: o.SourceHandle, To: o.Target, ToPort: o.TargetHandle, Name: o.Data.Name}
	if kind := kinds[e.To]; kind != nil && len(kind.In) == 1 {
		e.ToPort = kind.In[0].Name // the original's name of a lone input says nothing
	}
	if kind := kinds[e.From]; kind != nil && len(kind.Out) == 1 && !kind.HasOut(e.Port) {
		e.Port = kind.Out[0].Name
	}
	return e
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// unreadable is the error for a text that is no exported flow, in words that do not speak of this program's types.
func unreadable(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return tracardi.InvalidField("body", "is no exported flow: %s can't be of the type %s", cmp.Or(wrong.Field, "it"), wrong.Value)
	}
	return tracardi.InvalidField("body", "is no exported flow: %v", err)
}
