package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/eventtype"
)

const (
	fewCopies    = 8    // with more of them it pays to decode all properties
	maxListed    = 1000 // entries of a list that events append to
	maxInterests = 1000
	maxMembers   = 1000 // of an object that events add to
	maxInterest  = 200  // bytes of an interest's name
	maxWarnings  = 100
)

// mapPredefined does what the catalogue says of each event, in order, so that an event sees the profile as those before it
// left it. Invalid events change nothing.
func mapPredefined(w *Work) error {
	for _, e := range w.Events {
		if e.Metadata.Invalid {
			continue
		}
		t, ok := eventtype.Lookup(e.Type)
		if !ok {
			continue
		}
		w.describe(e, t)
		changed := w.mapProfile(e, t)
		w.compute(e, t, changed)
	}
	return nil
}

// describe copies properties to where all events of this kind have them, and adds the type's tags and state.
func (w *Work) describe(e *tracardi.Event, t *eventtype.Type) {
	e.Journey = w.journey(t)
	if len(t.Tags) > 0 {
		e.Tags = slices.Clone(t.Tags)
	}
	if e.Properties.Empty() {
		return
	}
	if len(t.Copy) > fewCopies {
		e.Properties.Map()
	}
	for _, c := range t.Copy {
		value, _ := e.Get(c.From...)
		if value == nil {
			continue
		}
		err := e.Set(tracardi.Clone(value), c.To...)
		if err != nil && text(value) != "" { // such as a number for a text
			err = e.Set(text(value), c.To...)
		}
		w.warn(e, err)
	}
}

// journey is the state that an event of a type tells of.
func (w *Work) journey(t *eventtype.Type) string {
	switch {
	case t.ReturningState == "":
		return t.State
	case w.Profile == nil:
		return ""
	case w.Profile.Metadata.Time.Visit.Count <= 1:
		return t.State
	}
	return t.ReturningState
}

// mapProfile changes the profile as the type says and tells whether it is another one now.
func (w *Work) mapProfile(e *tracardi.Event, t *eventtype.Type) (changed bool) {
	if w.Profile == nil {
		return false
	}
	before := w.ProfileChanged
	w.ProfileChanged = false
	for i := range t.Profile {
		c := &t.Profile[i]
		var value any = c.Number
		if len(c.From) > 0 {
			value, _ = e.Get(c.From...)
		}
		if value != nil {
			w.warn(e, w.apply(e, c.Op, value, c.To))
		}
	}
	changed = w.ProfileChanged
	w.ProfileChanged = before || changed
	return changed
}

// apply does one operation on a field of the profile.
func (w *Work) apply(e *tracardi.Event, op eventtype.Operation, value any, to []string) error {
	former, had := w.Profile.Get(to...)
	switch op {
	case eventtype.IfMissing:
		if had {
			return nil
		}
		return w.SetField(e, value, to...)
	case eventtype.Append:
		return w.SetField(e, appended(former, value), to...)
	case eventtype.Merge:
		return w.mergeField(e, value, to)
	case eventtype.Delete:
		return w.SetField(e, nil, to...)
	case eventtype.Add, eventtype.Subtract:
		sum, isNumber := 0.0, true
		if former != nil {
			sum, isNumber = toNumber(former)
		}
		n, ok := toNumber(value)
		if !isNumber || !ok {
			return tracardi.InvalidField(strings.Join(to, "."), "can't be calculated: the profile's value or the event's is no number")
		}
		if op == eventtype.Subtract {
			n = -n
		}
		return w.SetField(e, sum+n, to...)
	}
	if listed(to) {
		value = listOf(value)
	}
	return w.SetField(e, value, to...)
}

// mergeField sets each member of an object.
func (w *Work) mergeField(e *tracardi.Event, value any, to []string) error {
	members, ok := value.(map[string]any)
	if !ok {
		return tracardi.InvalidField(strings.Join(to, "."), "must be an object")
	}
	former, _ := w.Profile.Get(to...)
	there, _ := former.(map[string]any)
	count := len(there)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if _, had := there[name]; !had {
			if members[name] == nil {
				continue
			}
			if count++; count > maxMembers {
				return tracardi.InvalidField(strings.Join(to, "."), "a profile has at most %d", maxMembers)
			}
		}
		errs = append(errs, w.SetField(e, members[name], append(slices.Clip(to), name)...))
	}
	return errors.Join(errs...)
}

// listed tells whether a field always is a list.
func listed(path []string) bool {
	return len(path) == 3 && path[0] == "data" && path[1] == "preferences"
}

// appended returns a list with what was there and those of the new values that were not. A long list loses its oldest entries.
func appended(former, value any) []any {
	list := slices.Clone(listOf(former))
	for _, item := range listOf(value) {
		if !contains(list, item) {
			list = append(list, item)
		}
		if len(list) > maxListed {
			list = list[1:]
		}
	}
	return list
}

func listOf(value any) []any {
	if list, ok := value.([]any); ok || value == nil {
		return list
	}
	return []any{value}
}

func contains(list []any, item any) bool {
	switch item.(type) {
	case []any, map[string]any:
		return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(item, other) })
	}
	return slices.Contains(list, item)
}

// toNumber reads a number, also one that was sent as text.
func toNumber(value any) (n float64, ok bool) {
	var err error
	switch v := value.(type) {
	case float64:
		n = v
	case json.Number:
		n, err = v.Float64()
	case string:
		n, err = strconv.ParseFloat(strings.TrimSpace(v), 64)
	default:
		return 0, false
	}
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// compute runs the functions of a type.
func (w *Work) compute(e *tracardi.Event, t *eventtype.Type, changed bool) {
	if w.Profile == nil {
		return
	}
	for _, c := range t.Compute {
		if c.OnChange && !changed {
			continue
		}
		switch c.Function {
		case eventtype.CheckoutCompletion:
			w.warn(e, w.SetField(e, completion(&w.Profile.Data), c.To...))
		default:
			w.warn(e, w.interest(e, c.Function))
		}
	}
}

// completion is the share of the started checkouts that were completed.
func completion(data *tracardi.Object) float64 {
	count := func(name string) float64 {
		value, _ := data.Get("metrics", name)
		n, _ := toNumber(value)
		return n
	}
	if count("ltcosc") == 0 {
		return 0
	}
	return count("ltcocc") / count("ltcosc")
}

// interest changes how much the person cares for a subject.
func (w *Work) interest(e *tracardi.Event, f eventtype.Function) error {
	name := strings.TrimSpace(e.Properties.Text("interest"))
	if name == "" {
		return tracardi.InvalidField("properties.interest", "is missing: name the interest")
	}
	if len(name) > maxInterest {
		return tracardi.InvalidField("properties.interest", "is longer than %d bytes", maxInterest)
	}
	value := 1.0
	if given, _ := e.Properties.Get("value"); given != nil {
		n, ok := toNumber(given)
		if !ok {
			return tracardi.InvalidField("properties.value", "must be a number")
		}
		value = n
	}
	now, known := w.Profile.Interests[name]
	if !known && len(w.Profile.Interests) >= maxInterests {
		return tracardi.InvalidField("interests", "a profile has at most %d", maxInterests)
	}
	switch f {
	case eventtype.IncreaseInterest:
		value = now + value
	case eventtype.DecreaseInterest:
		value = now - value
	}
	return w.SetField(e, value, "interests", name)
}

// warn notes what could not be done with an event, which is kept all the same.
func (w *Work) warn(e *tracardi.Event, err error) {
	if err == nil {
		return
	}
	e.Metadata.Warning = true
	if len(w.Warnings) < maxWarnings {
		w.Warnings = append(w.Warnings, fmt.Sprintf("event %s (%s): %v", e.ID, e.Type, err))
	}
}
