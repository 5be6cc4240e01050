package node

import (
	"slices"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// kept are the places of documents that the system keeps, each with those within it that flows may change all the same.
var kept = map[string]map[string][]string{
	"profile": {"id": nil, "ids": nil, "metadata": {"aux", "status", "system.integrations"}},
	"session": {"id": nil, "profile": nil, "metadata": {"aux"}},
	"event":   {"id": nil, "profile": nil, "session": nil, "source": nil, "metadata": {"aux"}},
}

// CheckChange returns an Invalid error when flows may not write a value, nil to remove it, to a path of event, profile or session.
func CheckChange(source string, path expr.Path, value any) error {
	places, ok := kept[source]
	if !ok {
		return tracardi.InvalidField(source, "can't be changed")
	}
	steps := path.Steps()
	if len(steps) == 0 {
		return tracardi.InvalidField(source, "is a whole document: name a place in it")
	}
	open, isKept := places[steps[0]]
	switch {
	case !isKept, slices.ContainsFunc(open, func(place string) bool { return within(steps[1:], expr.MustPath(place).Steps()) }):
		return nil
	case source == "profile" && value == nil && slices.Equal(steps, []string{"metadata", "time", "segmentation"}):
		return nil // a flow may ask for the segments to be looked at again
	}
	return tracardi.InvalidField(source+"@"+path.String(), "is kept by the system and can't be changed")
}

// within tells whether a path is a place, or leads into it.
func within(steps, place []string) bool {
	return len(steps) >= len(place) && slices.Equal(steps[:len(place)], place)
}
