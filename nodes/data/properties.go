package data

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "merge-properties", Name: "Merge event properties", Icon: "git-merge",
		New:     func() node.Node { return &MergeProperties{} },
		Out:     []node.Port{{Name: "traits", Doc: "The traits as they are now."}},
		Aliases: []string{"tracardi.process_engine.action.v1.traits.auto_merge_properties_to_profile_action.AutoMergePropertiesToProfileAction"},
		Examples: []node.Example{
			{
				Name: "all of them", Event: `{"properties": {"color": "red", "size": 5}}`, Profile: `{"traits": {"color": "blue", "shop": "a"}}`,
				Port: "traits", Result: `{"color": "red", "size": 5, "shop": "a"}`,
				After: map[string]string{"profile@traits": `{"color": "red", "size": 5, "shop": "a"}`},
			},
			{
				Name: "under a path", Config: `{"sub_traits": "last.order"}`, Event: `{"properties": {"total": 5}}`,
				Port: "traits", Result: `{"total": 5}`, After: map[string]string{"profile@traits.last": `{"order": {"total": 5}}`},
			},
			{Name: "nothing to merge", Port: "traits", Result: `{}`},
			{Name: "nobody to keep them", Event: `{"properties": {"total": 5}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// MergeProperties copies all properties of the event to the traits of the profile. Traits of the same name are replaced, the
// others stay.
type MergeProperties struct {
	SubTraits string `json:"sub_traits" title:"Under" help:"A path within the traits, such as last.order; empty for the traits themselves."`

	path expr.Path
}

// Check implements node.Checker.
func (n *MergeProperties) Check() error {
	n.path = traitsPath
	under := strings.TrimSpace(n.SubTraits)
	if under == "" {
		return nil
	}
	path, err := expr.ParsePath(under)
	if err != nil {
		return tracardi.InvalidField("sub_traits", "%v", err)
	}
	n.path = traitsPath.Join(path.Steps()...)
	return nil
}

var (
	traitsPath     = expr.MustPath("traits")
	propertiesPath = expr.MustPath("properties")
)

// Run implements node.Node.
func (n *MergeProperties) Run(_ context.Context, in *node.Input) (node.Output, error) {
	if in.Profile() == nil {
		return node.Output{}, tracardi.InvalidField("profile", "the event has no profile")
	}
	found, _ := in.Look("event", propertiesPath)
	properties, _ := found.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if err := in.Change("profile", n.path.Join(name), tracardi.Clone(properties[name])); err != nil {
			return node.Output{}, err
		}
	}
	merged, _ := in.Look("profile", n.path)
	traits, ok := tracardi.Clone(merged).(map[string]any)
	if !ok {
		traits = map[string]any{} // there were neither traits nor properties
	}
	return node.To("traits", traits), nil
}
