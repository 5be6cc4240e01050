package node

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"
)

// ResourceType describes how a kind of other system is reached: address, account, secrets. Resources of the type are made once
// by an operator; nodes refer to them by id and never show their secrets.
type ResourceType struct {
	ID   string // such as smtp
	Name string // shown to people, such as Mail server
	Icon string // of the Tabler set
	Doc  string // what it is, in a sentence
	// New makes settings with their defaults, a pointer to a struct whose fields have the tags of a node's settings; those with
	// secret:"true" are encrypted. It may be a Checker and a ConnectionTester.
	New func() any

	form Form
}

// ConnectionTester is a resource that can find out whether it works.
type ConnectionTester interface {
	// TestConnection changes nothing over there. Its error tells an operator what to mend.
	TestConnection(ctx context.Context, network Network) error
}

var resources = map[string]*ResourceType{}

// RegisterResource adds a type of resource. It is called from init functions only, and panics on a mistake.
func RegisterResource(t ResourceType) {
	if !saneID.MatchString(t.ID) || t.Name == "" || t.Icon == "" || t.Doc == "" || t.New == nil || resources[t.ID] != nil {
		panic(fmt.Sprintf("the resource type %q is described twice or not well", t.ID))
	}
	t.form = NewForm(t.New)
	resources[t.ID] = &t
}

// LookupResource returns a type of resource, nil for an unknown one.
func LookupResource(id string) *ResourceType { return resources[id] }

// ResourceTypes lists the types of resources by their ids.
func ResourceTypes() []*ResourceType {
	types := make([]*ResourceType, 0, len(resources))
	for _, id := range sortedNames(resources) {
		types = append(types, resources[id])
	}
	return types
}

// Schema is the JSON Schema of the settings; secrets are writeOnly.
func (t *ResourceType) Schema() *jsonschema.Schema { return t.form.Schema() }

// Configure makes a filled struct of settings. The error joins everything that is wrong, each part naming its field.
func (t *ResourceType) Configure(settings json.RawMessage) (any, error) { return t.form.Fill(settings) }
