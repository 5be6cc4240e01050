package api

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
)

// Resource is a resource as the API shows it: without its secrets.
type Resource struct {
	ID          string         `json:"id" required:"false" doc:"Kept when given, made when not."`
	Name        string         `json:"name" minLength:"1" maxLength:"200"`
	Description string         `json:"description,omitempty" maxLength:"2000"`
	Type        string         `json:"type" doc:"A type of resource, such as smtp: see /resource-types."`
	Tags        []string       `json:"tags,omitempty"`
	Enabled     *bool          `json:"enabled,omitempty" doc:"Whether flows may use it; true when left out."`
	Settings    map[string]any `json:"settings,omitempty" doc:"As the type's schema says. Secrets go in and never come out: one that is left out stays, an empty one is removed."`
	SecretsSet  []string       `json:"secrets_set,omitempty" readOnly:"true" doc:"Which secrets have a value."`
	Stamp
}

// ResourceType is a kind of other system.
type ResourceType struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Icon     string          `json:"icon"`
	Doc      string          `json:"doc"`
	Schema   json.RawMessage `json:"schema" doc:"JSON Schema of the settings; secrets are writeOnly."`
	Testable bool            `json:"testable" doc:"Whether a connection can be tried."`
}

// ConnectionTest is what trying a connection found.
type ConnectionTest struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty" doc:"What to mend."`
}

// resourceTable is the part of the table for resources.
func (s *server) resourceTable() []route {
	resources := &resource[tracardi.Resource, Resource]{s: s, kind: s.resources, view: viewResource, accept: s.acceptResource, removable: s.resourceUnused}
	return []route{
		{"GET", "/resource-types", "list-resource-types", developers("resources:read"), "List the types of resources", 0, on(s, s.resourceTypes)},
		{"GET", "/resources", "list-resources", developers("resources:read"), "List resources, without their secrets", 0, on(s, resources.list)},
		{"POST", "/resources", "create-resource", developers("resources:write"), "Create a resource", 201, on(s, resources.create)},
		{"GET", "/resources/{id}", "get-resource", developers("resources:read"), "Get a resource, without its secrets", 0, on(s, resources.get)},
		{"PUT", "/resources/{id}", "replace-resource", developers("resources:write"), "Replace a resource", 0, on(s, resources.replace)},
		{"PATCH", "/resources/{id}", "update-resource", developers("resources:write"), "Change fields of a resource", 0, on(s, resources.update)},
		{"DELETE", "/resources/{id}", "delete-resource", developers("resources:write"), "Delete a resource", 0, on(s, resources.remove)},
		{"POST", "/resources/{id}/test", "test-resource", developers("resources:write"), "Try the connection of a resource", 0, on(s, s.testResource)},
		{"POST", "/connection-tests", "test-connection", developers("resources:write"), "Try a connection before it is stored", 0, on(s, s.tryResource)},
	}
}

func viewResource(e workspace.Entry[tracardi.Resource]) Resource {
	r := e.Value
	return Resource{
		ID: r.ID, Name: r.Name, Description: r.Description, Type: r.Type, Tags: r.Tags, Enabled: &r.Enabled,
		Settings: r.Settings, SecretsSet: slices.Sorted(maps.Keys(r.Secrets)), Stamp: stampOf(e),
	}
}

func (s *server) acceptResource(ctx context.Context, id string, in *Resource, old *tracardi.Resource) (workspace.Entry[tracardi.Resource], error) {
	r := tracardi.Resource{
		Name: in.Name, Description: in.Description, Type: in.Type, Tags: in.Tags, Enabled: in.Enabled == nil || *in.Enabled,
	}
	var err error
	if r.ID, err = idFor(id, in.ID); err == nil {
		err = s.vault.Accept(of(ctx).tenant, &r, old, in.Settings)
	}
	return workspace.Entry[tracardi.Resource]{ID: r.ID, Name: r.Name, Value: r}, err
}

func (s *server) resourceTypes(context.Context, *struct{}) (*listOutput[ResourceType], error) {
	out := &listOutput[ResourceType]{List[ResourceType]{[]ResourceType{}}}
	for _, t := range node.ResourceTypes() {
		schema, err := json.Marshal(t.Schema())
		if err != nil {
			return nil, err
		}
		_, testable := t.New().(node.ConnectionTester)
		out.Body.Items = append(out.Body.Items, ResourceType{t.ID, t.Name, t.Icon, t.Doc, schema, testable})
	}
	return out, nil
}

type connectionOutput struct{ Body ConnectionTest }

// testResource tries a stored resource.
func (s *server) testResource(ctx context.Context, in *byID) (*connectionOutput, error) {
	entry, err := s.resources.Get(ctx, of(ctx).tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return s.connect(ctx, &entry.Value)
}

// tryResource tries settings that are not stored yet. With the id of a stored resource, its secrets stand for those left out.
func (s *server) tryResource(ctx context.Context, in *newItem[Resource]) (*connectionOutput, error) {
	var old *tracardi.Resource
	if in.Body.ID != "" {
		switch entry, err := s.resources.Get(ctx, of(ctx).tenant, in.Body.ID); tracardi.KindOf(err) {
		case tracardi.NotFound:
		default:
			if err != nil {
				return nil, err
			}
			old = &entry.Value
		}
	}
	entry, err := s.acceptResource(ctx, "", &in.Body, old)
	if err != nil {
		return nil, err
	}
	return s.connect(ctx, &entry.Value)
}

func (s *server) connect(ctx context.Context, r *tracardi.Resource) (*connectionOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longRead)
	defer cancel()
	err := s.vault.Test(ctx, of(ctx).tenant, r, s.network)
	switch {
	case err == nil:
		return &connectionOutput{ConnectionTest{OK: true}}, nil
	case tracardi.KindOf(err) == tracardi.Invalid:
		return nil, err
	}
	return &connectionOutput{ConnectionTest{Error: err.Error()}}, nil
}
