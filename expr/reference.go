package expr

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is what a text in the form of a node or in a reshape template stands for: a place in the data, written
// source@path, or else the text itself. Back-ticks around the whole text cast what it stands for: "true" and "false"
// become booleans, "null" and "none" null, and digits a number.
type Reference struct {
	text    string // what stands for itself
	field   Field
	isField bool
	cast    bool
}

// ParseReference reads a text. One that does not begin with a known source and @ stands for itself; the sources are in
// lower case here. The error is a *[SyntaxError] for a path that cannot be read.
func ParseReference(text string) (Reference, error) {
	inner := text
	cast := len(text) >= 2 && text[0] == '`' && text[len(text)-1] == '`'
	if cast {
		inner = text[1 : len(text)-1]
	}
	source, rest, found := strings.Cut(inner, "@")
	if !found || !slices.Contains(sourceNames, source) {
		return Reference{text: inner, cast: cast}, nil
	}
	path, err := ParsePath(rest)
	if err != nil {
		return Reference{}, within(text, len(text)-len(rest)-tail(cast), err)
	}
	return Reference{field: Field{Source: source, Path: path}, isField: true, cast: cast}, nil
}

// tail is the length of the closing back-tick.
func tail(cast bool) int {
	if cast {
		return 1
	}
	return 0
}

// within moves a syntax error of a part into the whole text.
func within(text string, offset int, err error) error {
	syntax, ok := err.(*SyntaxError)
	if !ok {
		return err
	}
	moved := syntaxErrorAt(text, offset+syntax.Offset, syntax.Reason, syntax.Expected...)
	moved.Found = syntax.Found
	return moved
}

// Field is the place in the data; ok is false when the text stands for itself.
func (r Reference) Field() (f Field, ok bool) { return r.field, r.isField }

// String is the reference as it is written.
func (r Reference) String() string {
	text := r.text
	if r.isField {
		text = r.field.String()
	}
	if r.cast {
		return "`" + text + "`"
	}
	return text
}

// Resolve is the value that the reference stands for; lists and objects are copies. The error is a *[MissingError] when
// the place is not there.
func (r Reference) Resolve(d Data) (any, error) {
	var value any = r.text
	if r.isField {
		found, ok := d.Get(r.field.Source, r.field.Path)
		if !ok {
			return nil, &MissingError{Field: r.field}
		}
		value = clone(found)
	}
	if s, ok := value.(string); ok && r.cast {
		return castText(s), nil
	}
	return value, nil
}

// Set writes a value to the place that the reference stands for. A text that is a reference itself is resolved first;
// lists and objects are copied and their texts stay as they are.
func (r Reference) Set(w Writer, value any) error {
	if err := r.checkWritable(); err != nil {
		return err
	}
	if s, ok := value.(string); ok {
		source, err := ParseReference(s)
		if err != nil {
			return err
		}
		if value, err = source.Resolve(w); err != nil {
			return err
		}
	}
	return w.Set(r.field.Source, r.field.Path, clone(value))
}

// Delete removes the place that the reference stands for; one that is not there is no error.
func (r Reference) Delete(w Writer) error {
	if err := r.checkWritable(); err != nil {
		return err
	}
	return w.Delete(r.field.Source, r.field.Path)
}

func (r Reference) checkWritable() error {
	switch {
	case !r.isField:
		return fmt.Errorf("cannot write to %q: a place is written source@path with the source %s", clip(r.text), alternatives(sourceNames))
	case r.field.Source == readOnlySource:
		return fmt.Errorf("cannot write to %v: %s can only be read", r.field, readOnlySource)
	}
	return nil
}

// readOnlySource describes the running flow.
const readOnlySource = "flow"

// MissingError tells that the data has nothing at a place.
type MissingError struct{ Field Field }

// Error names the place.
func (e *MissingError) Error() string { return e.Field.String() + " is missing in the data" }

// castText makes a boolean, null or a number of a text that looks like one.
func castText(s string) any {
	switch {
	case strings.EqualFold(s, "true"):
		return true
	case strings.EqualFold(s, "false"):
		return false
	case strings.EqualFold(s, "null"), strings.EqualFold(s, "none"):
		return nil
	}
	if digits := strings.TrimPrefix(s, "-"); digits != "" && isDigits(strings.Replace(digits, ".", "", 1)) {
		if n, ok := scanNumber(s); ok {
			return n
		}
	}
	return s
}

// clone copies lists and objects, so that a change to one place of the data does not show in another.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return nil
		}
		copied := make(map[string]any, len(v))
		for key, member := range v {
			copied[key] = clone(member)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, item := range v {
			copied[i] = clone(item)
		}
		return copied
	}
	return v
}
