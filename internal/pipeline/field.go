package pipeline

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
)

const (
	maxFormer = 1024 // bytes of a former value that are kept
	maxIDs    = 1000 // ids by which a profile is known
)

// SetField changes a field of the profile; nil removes it. Every change to the profile's facts goes through here: it notes
// that the profile changed if the value differs, which event gave the value and what it was before, and makes the profile
// known by the hashed ids of its contacts and keys. e is nil when no event but the system itself gives the value; then no
// origin is noted. Without a profile nothing happens. Fields that don't exist and values of the wrong type are Invalid errors.
func (w *Work) SetField(e *tracardi.Event, value any, path ...string) error {
	p := w.Profile
	if p == nil {
		return nil
	}
	if len(path) == 0 || path[0] == "id" {
		return tracardi.InvalidField(strings.Join(path, "."), "can't be changed")
	}
	former, had := p.Get(path...)
	if value == nil {
		if !had {
			return nil
		}
		if err := p.Delete(path...); err != nil {
			return err
		}
	} else {
		if had && sameScalar(former, value) {
			return nil
		}
		if err := p.Set(tracardi.Clone(value), path...); err != nil {
			return err
		}
		if now, has := p.Get(path...); has == had && reflect.DeepEqual(former, now) {
			return nil
		}
	}
	w.ProfileChanged = true
	if e != nil {
		if p.Metadata.Fields == nil {
			p.Metadata.Fields = map[string]tracardi.FieldOrigin{}
		}
		p.Metadata.Fields[strings.Join(path, ".")] = tracardi.FieldOrigin{Time: w.Now, Event: e.ID, Former: capped(former)}
	}
	w.addHashedIDs(path)
	return nil
}

// sameScalar spares a Set for the common case of an unchanged text, number or flag.
func sameScalar(former, value any) bool {
	switch value.(type) {
	case string, float64, bool, json.Number:
		return former == value
	}
	return false
}

// capped shortens a former value, so that a profile does not grow with what it no longer says.
func capped(former any) any {
	switch v := former.(type) {
	case string:
		if len(v) <= maxFormer {
			return v
		}
		v = v[:maxFormer]
		for !utf8.ValidString(v) {
			v = v[:len(v)-1]
		}
		return v
	case []any, map[string]any:
		if len(tracardi.AppendValue(nil, v)) > maxFormer {
			return nil
		}
	}
	return former
}

type mergeField struct {
	name string
	path []string
}

var mergeFields = func() (fields []mergeField) {
	for _, name := range identity.Fields() {
		fields = append(fields, mergeField{name, strings.Split(name, ".")})
	}
	return fields
}()

// knownBy makes the profile of a new visit known by the ids of contacts that it had before ids were made of them.
func knownBy(w *Work) error {
	if w.Profile != nil && w.SessionStarted {
		w.addHashedIDs(nil)
	}
	return nil
}

// addHashedIDs makes the profile known by the ids of the merge fields at or below a path, and marks those that are new, so
// that other profiles of the person are looked for.
func (w *Work) addHashedIDs(path []string) {
	if w.Hasher == nil || len(path) > 0 && path[0] != "data" {
		return
	}
	p := w.Profile
	for _, field := range mergeFields {
		if len(path) > len(field.path) || !slices.Equal(path, field.path[:len(path)]) {
			continue
		}
		value, _ := p.Get(field.path...)
		id, ok := w.Hasher.Hash(field.name, text(value))
		if !ok || len(p.IDs) >= maxIDs || !p.AddID(id) {
			continue
		}
		w.ProfileChanged = true
		markMerge(p, field.name)
	}
}

// markMerge notes in a profile by which field others of the same person may be found.
func markMerge(p *tracardi.Profile, field string) {
	marked, _ := p.Metadata.System.Aux.Get("auto_merge")
	if list, _ := marked.([]any); !slices.Contains(list, any(field)) {
		p.Metadata.System.Aux.Set(append(slices.Clip(list), field), "auto_merge")
	}
}

// text writes a scalar as text; other values are empty.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64, bool, json.Number:
		return string(tracardi.AppendValue(nil, v))
	}
	return ""
}
