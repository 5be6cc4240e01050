// Package segment holds the nodes that put people into segments and weigh their interests.
package segment

import (
	"embed"
	"regexp"
	"slices"
	"strconv"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("segment", "Segmentation", sources)

var (
	segmentsPath  = expr.MustPath("segments")
	interestsPath = expr.MustPath("interests")
)

var errNoProfile = tracardi.InvalidField("profile", "the event has no profile")

// current are the segments of the profile.
func current(in *node.Input) ([]string, error) {
	profile := in.Profile()
	if profile == nil {
		return nil, errNoProfile
	}
	return slices.Clone(profile.Segments), nil
}

// change adds segments to the profile and removes others. One that is removed and added stays.
func change(in *node.Input, add, remove []string) error {
	before, err := current(in)
	if err != nil {
		return err
	}
	after := slices.DeleteFunc(slices.Clone(before), func(name string) bool { return slices.Contains(remove, name) })
	for _, name := range add {
		if !slices.Contains(after, name) {
			after = append(after, name)
		}
	}
	if slices.Equal(before, after) {
		return nil
	}
	return write(in, after)
}

func write(in *node.Input, names []string) error {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return in.Change("profile", segmentsPath, list)
}

// names reads a setting that stands for a name or a list of names.
func names(in *node.Input, setting string, value node.Value) ([]string, error) {
	resolved, err := value.Resolve(in)
	if err != nil {
		return nil, err
	}
	list, ok := resolved.([]any)
	if !ok {
		list = []any{resolved}
	}
	var found []string
	for _, item := range list {
		name, ok := item.(string)
		if !ok || name == "" {
			return nil, tracardi.InvalidField(setting, "a name must be a text")
		}
		found = append(found, name)
	}
	return found, nil
}

var saneInterest = regexp.MustCompile(`^[\p{L}\p{N}_-]+$`)

// interests reads names of interests, and checks that there is a profile to have them.
func interests(in *node.Input, value node.Value) ([]string, error) {
	if in.Profile() == nil {
		return nil, errNoProfile
	}
	found, err := names(in, "interest", value)
	if err != nil {
		return nil, err
	}
	for _, name := range found {
		if !saneInterest.MatchString(name) {
			return nil, tracardi.InvalidField("interest", "%q is no name of an interest: use letters, digits, _ and -", name)
		}
	}
	return found, nil
}

// number reads a setting that stands for a number, which the original writes as text.
func number(in *node.Input, setting string, value node.Value) (float64, error) {
	resolved, err := value.Resolve(in)
	if err != nil {
		return 0, err
	}
	switch resolved := resolved.(type) {
	case float64:
		return resolved, nil
	case string:
		if n, err := strconv.ParseFloat(resolved, 64); err == nil {
			return n, nil
		}
	}
	return 0, tracardi.InvalidField(setting, "is no number")
}

// weight is how strong an interest of the profile is.
func weight(in *node.Input, name string) (weight float64, ok bool) {
	value, _ := in.Look("profile", interestsPath.Join(name))
	weight, ok = value.(float64)
	return weight, ok
}
