package vault

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/node"
)

// Resources gives nodes the settings of resources, secrets included.
type Resources struct {
	Vault     *Vault
	Workspace *workspace.Workspace
}

// Fill puts the settings of a tenant's resource into a struct, or a map. An unknown one is NotFound, a disabled one Forbidden.
func (r *Resources) Fill(_ context.Context, tenant, id string, into any) error {
	resource := r.Workspace.Snapshot(tenant).Resources[id]
	switch {
	case resource == nil:
		return tracardi.Errorf(tracardi.NotFound, "there is no resource %q", id)
	case !resource.Enabled:
		return tracardi.Errorf(tracardi.Forbidden, "the resource %q is disabled", resource.Name)
	}
	settings, err := r.Vault.Reveal(tenant, resource)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(settings, into); err != nil {
		return fmt.Errorf("settings of the resource %q: %w", resource.Name, err)
	}
	return nil
}

// Accept checks the settings of a resource as they came in, and puts them into it: secrets encrypted, the others as they are. A
// secret that is left out stays as it was in old, which may be nil; an empty one is taken away. The error names what is wrong.
func (v *Vault) Accept(tenant string, resource, old *tracardi.Resource, settings map[string]any) error {
	typ := node.LookupResource(resource.Type)
	if typ == nil {
		return tracardi.InvalidField("type", "there is no type of resource %q; there are: %s", resource.Type, typeNames())
	}
	whole := maps.Clone(settings)
	if whole == nil {
		whole = map[string]any{}
	}
	if old != nil && old.Type == resource.Type {
		for name, sealed := range old.Secrets {
			if _, given := whole[name]; given {
				continue
			}
			if moved := movedTo(typ, old, settings); moved != "" {
				return tracardi.InvalidField("settings."+name, "enter it again: %s has changed, and a stored secret is not sent to another address", moved)
			}
			plain, err := v.Open(place(tenant, old.ID, name), sealed)
			if err != nil {
				return tracardi.InvalidField("settings."+name, "%v", err)
			}
			whole[name] = plain
		}
	}
	text, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	if _, err := typ.Configure(text); err != nil {
		return tracardi.Under("settings", err)
	}
	resource.Settings, resource.Secrets = map[string]any{}, map[string]string{}
	for name, value := range whole {
		secret, isText := value.(string)
		switch {
		case !typ.Schema().Properties[name].WriteOnly:
			resource.Settings[name] = value
		case isText && secret != "":
			resource.Secrets[name] = v.Seal(place(tenant, resource.ID, name), secret)
		}
	}
	return nil
}

// movedTo names the setting by which a resource now leads elsewhere; empty when it leads where it did.
func movedTo(typ *node.ResourceType, old *tracardi.Resource, settings map[string]any) string {
	schema := typ.Schema()
	for _, name := range schema.PropertyOrder {
		if schema.Properties[name].Extra["x-address"] == true && old.Settings[name] != settings[name] {
			return name
		}
	}
	return ""
}

// Reveal is the settings of a resource as JSON, secrets included.
func (v *Vault) Reveal(tenant string, resource *tracardi.Resource) (json.RawMessage, error) {
	whole := maps.Clone(resource.Settings)
	if whole == nil {
		whole = map[string]any{}
	}
	for name, sealed := range resource.Secrets {
		plain, err := v.Open(place(tenant, resource.ID, name), sealed)
		if err != nil {
			return nil, fmt.Errorf("setting %s of the resource %q: %w", name, resource.Name, err)
		}
		whole[name] = plain
	}
	return json.Marshal(whole)
}

// Test finds out whether a resource works. Types that cannot tell are Invalid.
func (v *Vault) Test(ctx context.Context, tenant string, resource *tracardi.Resource, network node.Network) error {
	typ := node.LookupResource(resource.Type)
	if typ == nil {
		return tracardi.InvalidField("type", "there is no type of resource %q", resource.Type)
	}
	text, err := v.Reveal(tenant, resource)
	if err != nil {
		return err
	}
	settings, err := typ.Configure(text)
	if err != nil {
		return tracardi.Under("settings", err)
	}
	tester, ok := settings.(node.ConnectionTester)
	if !ok {
		return tracardi.InvalidField("type", "a resource of the type %q cannot be tested by itself: test a flow that uses it", typ.ID)
	}
	return tester.TestConnection(ctx, network)
}

// place is what a secret is sealed for.
func place(tenant, id, name string) string { return tenant + "/resource/" + id + "/" + name }

func typeNames() string {
	var names []string
	for _, typ := range node.ResourceTypes() {
		names = append(names, typ.ID)
	}
	return strings.Join(names, ", ")
}
