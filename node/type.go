package node

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"
)

// Type describes a kind of node.
type Type struct {
	ID   string // within its group, such as if; the registry makes it control.if
	Name string // shown to people, such as If
	Icon string // of the Tabler set, such as arrows-split
	// New makes a node with its default settings, a pointer to a struct.
	New func() Node

	In  []Port // nil for one port "payload"; empty for a node that only begins flows
	Out []Port // besides the error port, which every node has; nil for one port "payload"

	// Aliases are the original's names of the node, module and class joined by a dot; Import turns the original's settings into
	// ours, and is nil when they have the same names.
	Aliases []string
	Import  func(old map[string]any) map[string]any

	Start bool // a flow may begin here
	// TestOnly says that only tests of a flow run it, since it puts invented data in; in a live flow it passes nothing on.
	TestOnly bool
	// Acts says that it changes something outside, such as sending mail. A test of a flow does not run it, but goes on with
	// what its first example gives.
	Acts bool
	// Repeatable says of a node that acts that a second call with the same input does no harm, since the other system takes both
	// for one. Any other node that acts is not called again when a worker dies in the middle of its call: a person decides.
	Repeatable bool
	// Background says that nobody waits for it: it runs after the event is stored, by a worker, and again after a crash.
	Background bool
	// Joins says that it waits for the payloads of all edges and gets them as one: {"name of the edge": payload, …}.
	Joins bool

	Examples []Example // at least one for each output port

	Group *Group // set by Register
	form  Form
}

// Port is where payloads enter or leave a node.
type Port struct {
	Name string `json:"name"`
	Doc  string `json:"doc,omitempty"` // when a payload comes here
}

var payloadPort = []Port{{Name: "payload"}}

// Example shows what a node does; it is documentation and a test. Documents are JSON.
type Example struct {
	Name    string // what it shows
	Config  string // settings that differ from the defaults; empty for none
	Payload string // what arrives; empty for {}
	In      string // input port; empty for the first
	Event   string // fields over those of an ordinary page-view event
	Profile string // fields over those of an ordinary profile; "null" for none; "new": true for one that is not stored yet
	Session string // fields over those of an ordinary session
	Memory  string // of the flow

	Port   string // where it goes on; empty when nothing does
	Result string // the payload there; empty when it is what arrived, * when it differs each time
	Error  string // a part of the message when the node fails
	// After lists paths and their JSON values after the run, such as "profile@traits.color": `"red"`; null for nothing there.
	After map[string]string
	Waits string // how long the node waits, such as "2h"
}

// FullID is the name under which flows know the type, such as control.if.
func (t *Type) FullID() string { return t.Group.ID + "." + t.ID }

// Doc is the documentation in Markdown: the comment of the node's struct, without the struct's name at its beginning.
func (t *Type) Doc() string {
	name := reflect.TypeOf(t.New()).Elem().Name()
	doc := strings.TrimPrefix(t.Group.doc(name), name+" ")
	first, size := utf8.DecodeRuneInString(doc)
	return string(unicode.ToUpper(first)) + doc[size:]
}

// Schema is the JSON Schema of the settings, with hints for a form: x-widget, x-order.
func (t *Type) Schema() *jsonschema.Schema { return t.form.Schema() }

// References lists the ids that settings name of a kind, such as resource.
func (t *Type) References(config json.RawMessage, kind string) []string {
	return t.form.References(config, kind)
}

// Configure makes a node of its settings. The error joins everything that is wrong, each part an Invalid *tracardi.Error whose
// field is the setting.
func (t *Type) Configure(config json.RawMessage) (Node, error) {
	n, err := t.form.Fill(config)
	if err != nil {
		return nil, err
	}
	return n.(Node), nil
}

func (t *Type) prepare() {
	if t.In == nil {
		t.In = payloadPort
	}
	if t.Out == nil {
		t.Out = payloadPort
	}
	t.form = NewForm(func() any { return t.New() })
}

// HasOut tells whether the type has an output port.
func (t *Type) HasOut(name string) bool { return name == ErrorPort || hasPort(t.Out, name) }

// HasIn tells whether the type has an input port.
func (t *Type) HasIn(name string) bool { return hasPort(t.In, name) }

func hasPort(ports []Port, name string) bool {
	return slices.ContainsFunc(ports, func(p Port) bool { return p.Name == name })
}

// Import returns the type and the settings of a node of the original; ok is false when nobody knows it.
func Import(module, class string, old map[string]any) (t *Type, config json.RawMessage, ok bool, err error) {
	// A module of the original holds one node, whose class is not always known.
	t = cmp.Or(registry.byAlias[module+"."+class], registry.byModule[module])
	if t == nil {
		return nil, nil, false, nil
	}
	if t.Import != nil {
		old = t.Import(old)
	}
	properties := t.Schema().Properties
	kept := map[string]any{}
	for name := range fieldsOf(t.New()) {
		if value, given := old[name]; given {
			kept[name] = meant(value, properties[name])
		}
	}
	config, err = json.Marshal(kept)
	if err != nil {
		return nil, nil, true, fmt.Errorf("settings of %s: %w", class, err)
	}
	return t, config, true, nil
}

// meant is the value of a setting as its type wants it. The original's forms save numbers and switches as texts too, and its nodes
// take them for what they say.
func meant(value any, property *jsonschema.Schema) any {
	text, isText := value.(string)
	switch {
	case property == nil:
	case isText && (property.Type == "integer" || property.Type == "number"):
		if n, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			return n
		}
	case isText && property.Type == "boolean":
		if on, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(text))); err == nil {
			return on
		}
	case property.Type == "string":
		switch value := value.(type) {
		case float64:
			return strconv.FormatFloat(value, 'f', -1, 64) // as it was written: 1000000, not 1e+06
		case bool:
			return strconv.FormatBool(value)
		}
	}
	return value
}

// Unused names the settings of a node of the original that say something and have no place in the type.
func (t *Type) Unused(old map[string]any) (names []string) {
	if t.Import != nil {
		old = t.Import(old)
	}
	fields := fieldsOf(t.New())
	for _, name := range sortedNames(old) {
		if _, known := fields[name]; !known && says(old[name]) {
			names = append(names, name)
		}
	}
	return names
}

// says tells whether a setting of the original is more than an empty form field.
func says(value any) bool {
	switch value := value.(type) {
	case string:
		return !slices.Contains([]string{"", "{}", "[]"}, value)
	case map[string]any:
		for _, member := range value {
			if says(member) {
				return true
			}
		}
		return false
	case []any:
		return len(value) > 0
	}
	return value != nil && value != false && value != 0.0
}
