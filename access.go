package tracardi

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// Get returns the value at a path of the stored form, in the types of Object. What the stored form leaves out is absent.
func (e *Event) Get(path ...string) (any, bool) {
	if len(path) > 0 && (path[0] == "session" && e.Session.ID == "" || path[0] == "profile" && e.Profile.ID == "") {
		return nil, false
	}
	return get(e, path)
}

// Set changes the value at a path. Free-form parts take anything; a typed field takes its type, null to clear it, and a time
// also as text. A group of typed fields, such as device, takes an object and is replaced by it. Unknown fields and values of
// the wrong type are Invalid errors that name the path; after one, a group may be changed in part.
func (e *Event) Set(value any, path ...string) error { return set(e, value, path) }

// Get returns the value at a path of the stored form, in the types of Object. What the stored form leaves out is absent.
func (s *Session) Get(path ...string) (any, bool) {
	if len(path) > 0 && path[0] == "profile" && s.Profile.ID == "" {
		return nil, false
	}
	return get(s, path)
}

// Set changes the value at a path. See Event.Set.
func (s *Session) Set(value any, path ...string) error { return set(s, value, path) }

// Get returns the value at a path of the stored form, in the types of Object. What the stored form leaves out is absent.
func (p *Profile) Get(path ...string) (any, bool) { return get(p, path) }

// Set changes the value at a path. See Event.Set.
func (p *Profile) Set(value any, path ...string) error { return set(p, value, path) }

// Delete removes what is at a path: a member of a free-form part goes, a typed field is cleared. There may be nothing.
func (e *Event) Delete(path ...string) error { return remove(e, path) }

// Delete removes what is at a path. See Event.Delete.
func (s *Session) Delete(path ...string) error { return remove(s, path) }

// Delete removes what is at a path. See Event.Delete.
func (p *Profile) Delete(path ...string) error { return remove(p, path) }

// document is one of the three typed documents.
type document interface {
	// at returns a pointer to the field that a path leads to and what is left of the path inside it; nil for an unknown one.
	at(path []string) (field any, rest []string)
	AppendJSON(dst []byte) []byte
}

// Kinds of fields that at returns beside pointers to strings, numbers, times, lists and objects.
type (
	group   struct{} // holds other fields
	derived struct{} // follows from other fields and can't be set
	negated bool     // stored as its opposite, also when false
	always  bool     // stored also when false
	weekday int      // stored also when 0
	place   Geo      // its location
)

func get(doc document, path []string) (any, bool) {
	field, rest := doc.at(path)
	switch f := field.(type) {
	case nil:
		return nil, false
	case *Object:
		if f.Empty() {
			return nil, false
		}
		return f.Get(rest...)
	case group, derived, *map[string]FieldOrigin: // rarely asked for
		text := RawObject(string(doc.AppendJSON(nil)))
		return text.Get(path...)
	case *[]string:
		if len(*f) == 0 {
			return nil, false
		}
		return Dig(plain(*f), rest...)
	case *map[string]float64:
		if len(rest) == 1 {
			if n, ok := (*f)[rest[0]]; ok {
				return n, true
			}
			return nil, false
		}
		if len(*f) == 0 {
			return nil, false
		}
		return Dig(plain(*f), rest...)
	case *place:
		if f.Latitude == 0 && f.Longitude == 0 {
			return nil, false
		}
		return Dig([]any{f.Longitude, f.Latitude}, rest...)
	}
	if len(rest) > 0 {
		return nil, false
	}
	if value, ok := scalar(field); ok {
		return value, true
	}
	return nil, false
}

func scalar(field any) (any, bool) {
	switch f := field.(type) {
	case *string:
		return *f, *f != ""
	case *float64:
		return *f, *f != 0
	case *int:
		return float64(*f), *f != 0
	case *bool:
		return *f, *f
	case *time.Time:
		if f.IsZero() {
			return nil, false
		}
		return plain(*f), true
	case *negated:
		return !bool(*f), true
	case *always:
		return bool(*f), true
	case *weekday:
		return float64(*f % 7), true
	}
	return nil, false
}

// plain turns the types that code sets into those that decoded JSON has.
func plain(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case time.Time:
		quoted := AppendTime(make([]byte, 0, 32), v)
		if quoted[0] != '"' {
			return nil
		}
		return string(quoted[1 : len(quoted)-1])
	case []string:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
		}
		return list
	case map[string]float64:
		tree := make(map[string]any, len(v))
		for name, n := range v {
			tree[name] = n
		}
		return tree
	}
	return value
}

func set(doc document, value any, path []string) error {
	field, rest := doc.at(path)
	switch f := field.(type) {
	case nil:
		return InvalidField(strings.Join(path, "."), "there is no such field")
	case *Object:
		if len(rest) > 0 {
			f.Set(plain(value), rest...)
			return nil
		}
		tree, ok := plain(value).(map[string]any)
		if !ok && value != nil {
			return mistyped(path, "an object")
		}
		*f = NewObject(tree)
		return nil
	case group:
		return setGroup(doc, value, path)
	case derived:
		return nil
	case *map[string]FieldOrigin:
		return InvalidField(strings.Join(path, "."), "is kept by the system and can't be set")
	case *map[string]float64:
		return setNumbers(f, value, path, rest)
	}
	if len(rest) > 0 {
		return InvalidField(strings.Join(path, "."), "there is no such field")
	}
	return setField(field, value, path)
}

func remove(doc document, path []string) error {
	field, rest := doc.at(path)
	object, ok := field.(*Object)
	if !ok || len(rest) == 0 {
		return set(doc, nil, path)
	}
	if _, there := object.Get(rest...); there {
		object.Delete(rest...)
	}
	return nil
}

// setGroup replaces the fields of a group by the members of an object.
func setGroup(doc document, value any, path []string) error {
	tree, ok := value.(map[string]any)
	if !ok && value != nil || len(path) == 0 {
		return mistyped(path, "an object")
	}
	inner := append(append(make([]string, 0, len(path)+1), path...), "")
	former, _ := get(doc, path)
	members, _ := former.(map[string]any)
	for _, name := range sortedKeys(members) {
		if _, kept := tree[name]; !kept {
			inner[len(path)] = name
			if err := set(doc, nil, inner); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedKeys(tree) {
		inner[len(path)] = name
		if err := set(doc, tree[name], inner); err != nil {
			return err
		}
	}
	return nil
}

func setNumbers(numbers *map[string]float64, value any, path, rest []string) error {
	if len(rest) > 1 {
		return InvalidField(strings.Join(path, "."), "there is no such field")
	}
	if len(rest) == 1 {
		if value == nil {
			delete(*numbers, rest[0])
			return nil
		}
		n, ok := number(value)
		if !ok {
			return mistyped(path, "a number")
		}
		if *numbers == nil {
			*numbers = map[string]float64{}
		}
		(*numbers)[rest[0]] = n
		return nil
	}
	tree, ok := plain(value).(map[string]any)
	if !ok && value != nil {
		return mistyped(path, "an object of numbers")
	}
	fresh := make(map[string]float64, len(tree))
	for name, item := range tree {
		n, ok := number(item)
		if !ok {
			return mistyped(append(path, name), "a number")
		}
		fresh[name] = n
	}
	*numbers = fresh
	return nil
}

func setField(field, value any, path []string) error {
	switch f := field.(type) {
	case *string:
		return assign(f, value, path, "text")
	case *bool:
		return assign(f, value, path, "true or false")
	case *always:
		return assign((*bool)(f), value, path, "true or false")
	case *negated:
		valid := true
		err := assign(&valid, value, path, "true or false")
		*f = negated(!valid && value != nil)
		return err
	case *float64:
		n, ok := number(value)
		if !ok && value != nil {
			return mistyped(path, "a number")
		}
		*f = n
	case *int:
		return setInt(f, value, path, math.MinInt32, math.MaxInt32)
	case *weekday:
		return setInt((*int)(f), value, path, 0, 6)
	case *time.Time:
		return setTime(f, value, path)
	case *[]string:
		list, ok := textList(value)
		if !ok {
			return mistyped(path, "a list of texts")
		}
		*f = list
	case *place:
		list, _ := value.([]any)
		if value == nil {
			list = []any{0.0, 0.0}
		}
		if len(list) != 2 {
			return mistyped(path, "a list of longitude and latitude")
		}
		longitude, isNumber := number(list[0])
		latitude, isNumberToo := number(list[1])
		if !isNumber || !isNumberToo {
			return mistyped(path, "a list of longitude and latitude")
		}
		f.Longitude, f.Latitude = longitude, latitude
	}
	return nil
}

func assign[T any](field *T, value any, path []string, want string) error {
	typed, ok := value.(T)
	if !ok && value != nil {
		return mistyped(path, want)
	}
	*field = typed
	return nil
}

func setInt(field *int, value any, path []string, low, high float64) error {
	n, ok := number(value)
	if !ok && value != nil || n != math.Trunc(n) || n < low || n > high {
		return mistyped(path, "a whole number")
	}
	*field = int(n)
	return nil
}

func setTime(field *time.Time, value any, path []string) error {
	switch v := value.(type) {
	case nil:
		*field = time.Time{}
	case time.Time:
		*field = v
	case string:
		t, err := ParseTime(v)
		if err != nil {
			return mistyped(path, "a time such as 2026-01-31T15:04:05Z")
		}
		*field = t
	default:
		return mistyped(path, "a time such as 2026-01-31T15:04:05Z")
	}
	return nil
}

// number refuses what JSON can't write: infinity and NaN.
func number(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, v-v == 0
	case int:
		return float64(v), true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

func textList(value any) ([]string, bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case []string:
		return v, true
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, false
			}
			list[i] = text
		}
		return list, true
	}
	return nil, false
}

func mistyped(path []string, want string) error {
	return InvalidField(strings.Join(path, "."), "must be %s", want)
}
