package flow

import (
	"encoding/json"
	"reflect"
	"slices"
)

// Difference is how one graph differs from another.
type Difference struct {
	Added   []string  `json:"added" nullable:"false" doc:"Ids of nodes that are new."`
	Removed []string  `json:"removed" nullable:"false" doc:"Ids of nodes that are gone."`
	Changed []Changed `json:"changed" nullable:"false" doc:"Nodes that are not the same."`
	Moved   []string  `json:"moved" nullable:"false" doc:"Ids of nodes that stand elsewhere, and are the same otherwise."`
	Edges   Edges     `json:"edges"`
}

// Edges are the edges that differ.
type Edges struct {
	Added   []Edge `json:"added" nullable:"false"`
	Removed []Edge `json:"removed" nullable:"false"`
}

// Changed is a node that differs.
type Changed struct {
	Node   string   `json:"node"`
	Fields []string `json:"fields" nullable:"false" doc:"What differs, such as config.condition or switches."`
	Before Node     `json:"before"`
	After  Node     `json:"after"`
}

// Empty tells whether the graphs are the same.
func (d *Difference) Empty() bool {
	return len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Moved)+len(d.Edges.Added)+len(d.Edges.Removed) == 0
}

// Diff compares two graphs.
func Diff(before, after *Graph) Difference {
	d := Difference{Added: []string{}, Removed: []string{}, Changed: []Changed{}, Moved: []string{}, Edges: Edges{Added: []Edge{}, Removed: []Edge{}}}
	was := map[string]Node{}
	for _, n := range before.Nodes {
		was[n.ID] = n
	}
	for _, n := range after.Nodes {
		old, ok := was[n.ID]
		delete(was, n.ID)
		if !ok {
			d.Added = append(d.Added, n.ID)
			continue
		}
		if fields := differing(&old, &n); len(fields) > 0 {
			d.Changed = append(d.Changed, Changed{n.ID, fields, old, n})
		} else if old.Position != n.Position {
			d.Moved = append(d.Moved, n.ID)
		}
	}
	for _, n := range before.Nodes {
		if _, gone := was[n.ID]; gone {
			d.Removed = append(d.Removed, n.ID)
		}
	}
	for _, e := range after.Edges {
		if !slices.Contains(before.Edges, e) {
			d.Edges.Added = append(d.Edges.Added, e)
		}
	}
	for _, e := range before.Edges {
		if !slices.Contains(after.Edges, e) {
			d.Edges.Removed = append(d.Edges.Removed, e)
		}
	}
	return d
}

// differing lists the fields in which two forms of a node differ, but for its place.
func differing(a, b *Node) []string {
	var fields []string
	if a.Type != b.Type {
		fields = append(fields, "type")
	}
	if a.Name != b.Name {
		fields = append(fields, "name")
	}
	before, after := settings(a.Config), settings(b.Config)
	names := sortedKeys(before)
	for _, name := range sortedKeys(after) {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if !reflect.DeepEqual(before[name], after[name]) {
			fields = append(fields, "config."+name)
		}
	}
	if !reflect.DeepEqual(a.Switches, b.Switches) {
		fields = append(fields, "switches")
	}
	return fields
}

func settings(config json.RawMessage) map[string]any {
	var decoded map[string]any
	if json.Unmarshal(config, &decoded) != nil {
		return nil // what is no object has no settings
	}
	return decoded
}
