// Package eventtype is the catalogue of predefined event types: what their properties mean, where these are copied to in the
// event, and what they change in the profile. The catalogue is types.json, in the program.
package eventtype

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed types.json
var catalogue []byte

// Type is a predefined event type.
type Type struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Domain      string     `json:"domain"` // groups types, such as ecommerce
	Tags        []string   `json:"tags,omitempty"`
	State       string     `json:"state,omitempty"` // state of the customer's journey; empty if it tells nothing
	Properties  []Property `json:"properties,omitempty"`
	Copy        []Copy     `json:"copy,omitempty"`    // done in order: of two with one target, the last that has a source wins
	Profile     []Change   `json:"profile,omitempty"` // done after Copy
	Compute     []Compute  `json:"compute,omitempty"` // done after Profile

	Entity *Entity `json:"entity,omitempty"` // what else an event of this type describes

	// ReturningState stands for State when the profile has visited before. A type that has it has no state without a profile.
	ReturningState string `json:"returning_state,omitempty"`
}

// Property is what an event of a type may carry.
type Property struct {
	Path    string `json:"path"` // inside the properties, with dots
	Type    string `json:"type"` // string, number, integer, array, object, time or url
	Example string `json:"example,omitempty"`
	Value   string `json:"value,omitempty"` // what it always is in events of this type
}

// Copy puts a value of the event elsewhere in the event.
type Copy struct {
	To   Path `json:"to"`
	From Path `json:"from"`
}

// Operation is how a value changes the profile.
type Operation string

// The operations.
const (
	Equals    Operation = "equals"
	IfMissing Operation = "equals_if_not_exists" // null counts as there
	Append    Operation = "append"               // to a list, once
	Merge     Operation = "merge"                // members of an object, one by one; null removes
	Delete    Operation = "delete"
	Add       Operation = "+"
	Subtract  Operation = "-"
)

// Change changes a field of the profile. The value comes from the event or is Number; Delete needs none.
type Change struct {
	To     Path      `json:"to"`
	From   Path      `json:"from,omitempty"`
	Number float64   `json:"number,omitempty"`
	Op     Operation `json:"op"`
}

// Function names a built-in computation.
type Function string

// The functions.
const (
	CheckoutCompletion Function = "checkout-completion" // share of the started checkouts that were completed
	IncreaseInterest   Function = "increase-interest"
	DecreaseInterest   Function = "decrease-interest"
	ResetInterest      Function = "reset-interest"
)

// Compute runs a function on the profile.
type Compute struct {
	Function Function `json:"function"`
	To       Path     `json:"to,omitempty"`        // where the result goes; empty when the function changes the profile itself
	OnChange bool     `json:"on_change,omitempty"` // only when the event changed the profile
}

// Entity says which entity an event speaks of and what it tells of it.
type Entity struct {
	Type   string `json:"type"`
	Name   Path   `json:"name"`   // where the event has the entity's name, which is one among all of its type
	Traits Path   `json:"traits"` // where it has an object of traits
}

// Path is a path of names, written with dots.
type Path []string

// MarshalText implements encoding.TextMarshaler.
func (p Path) MarshalText() ([]byte, error) { return []byte(strings.Join(p, ".")), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Path) UnmarshalText(text []byte) error {
	*p = strings.Split(string(text), ".")
	return nil
}

type index struct {
	all  []*Type
	byID map[string]*Type
}

var load = sync.OnceValue(func() index {
	var types index
	if err := json.Unmarshal(catalogue, &types.all); err != nil {
		panic(fmt.Sprintf("catalogue of event types: %v", err)) // a broken build; tests read it
	}
	types.byID = make(map[string]*Type, len(types.all))
	for _, t := range types.all {
		types.byID[t.ID] = t
	}
	return types
})

// Lookup returns a type, which must not be changed.
func Lookup(id string) (*Type, bool) {
	t, ok := load().byID[id]
	return t, ok
}

// All returns the types in the order of their ids. They must not be changed.
func All() []*Type { return load().all }
