package node

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/tracardi/tracardi-go"
)

// Form makes structs of settings and checks them. NewForm makes one.
type Form struct {
	empty func() any // a pointer to a struct with the defaults
	once  func() (*jsonschema.Schema, map[string]*jsonschema.Resolved)
}

// NewForm describes the settings of a struct by its fields' tags. empty returns a pointer to one with the defaults, which may be a
// Checker.
func NewForm(empty func() any) Form {
	return Form{empty, sync.OnceValues(func() (*jsonschema.Schema, map[string]*jsonschema.Resolved) { return schemaOf(empty()) })}
}

// Schema is the JSON Schema of the settings, with hints for a form.
func (f *Form) Schema() *jsonschema.Schema { schema, _ := f.once(); return schema }

// Fill makes the struct of a JSON object. The error joins everything that is wrong with it, each part an Invalid *tracardi.Error
// whose field is the setting.
func (f *Form) Fill(config json.RawMessage) (any, error) {
	settings := map[string]json.RawMessage{}
	if len(config) > 0 && string(config) != "null" {
		if err := json.Unmarshal(config, &settings); err != nil {
			return nil, tracardi.InvalidField("", "the settings must be an object")
		}
	}
	var errs []error
	schema, properties := f.once()
	filled := f.empty()
	fields := fieldsOf(filled)
	for _, name := range sortedNames(settings) {
		field, known := fields[name]
		if !known {
			errs = append(errs, tracardi.InvalidField(name, "there is no such setting; there are: %s", strings.Join(schema.PropertyOrder, ", ")))
			continue
		}
		errs = append(errs, set(field, name, settings[name], properties[name]))
	}
	for _, name := range schema.Required {
		if isEmpty(fields[name], settings[name]) {
			errs = append(errs, tracardi.InvalidField(name, "is required"))
		}
	}
	if checker, ok := filled.(Checker); ok && errors.Join(errs...) == nil {
		errs = append(errs, checker.Check())
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return filled, nil
}

// set checks one setting and puts it into its field.
func set(field reflect.Value, name string, raw json.RawMessage, schema *jsonschema.Resolved) error {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return tracardi.InvalidField(name, "%v", err)
	}
	if value == nil {
		return nil // the default stays
	}
	if err := schema.Validate(value); err != nil {
		return tracardi.InvalidField(name, "%s", plain(err))
	}
	if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
		return tracardi.InvalidField(name, "%v", err)
	}
	return nil
}

// plain takes away what the validator says of itself.
func plain(err error) string {
	text := err.Error()
	if at := strings.LastIndex(text, "validating "); at >= 0 {
		if _, rest, found := strings.Cut(text[at:], ": "); found {
			text = rest
		}
	}
	if value, what, found := strings.Cut(text, " has type "); found && strings.HasPrefix(value, "type: ") {
		text = "has type " + what // the value is written as Go writes it
	}
	return text
}

// isEmpty tells whether a required setting is missing.
func isEmpty(field reflect.Value, raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "[]", "{}":
	default:
		return false
	}
	if empty, ok := field.Interface().(interface{ Empty() bool }); ok {
		return empty.Empty()
	}
	if kind := field.Kind(); kind == reflect.Slice || kind == reflect.Map {
		return field.Len() == 0
	}
	return field.IsZero()
}

// References lists the ids that settings name of a kind, such as resource: those of the fields with the tag kind.
func (f *Form) References(config json.RawMessage, kind string) (ids []string) {
	var settings map[string]json.RawMessage
	if json.Unmarshal(config, &settings) != nil {
		return nil
	}
	for name, property := range f.Schema().Properties {
		of, _ := property.Extra["x-kind"].(string)
		of, _, _ = strings.Cut(of, ":")
		var named Reference
		if of == kind && settings[name] != nil && json.Unmarshal(settings[name], &named) == nil && named.ID != "" {
			ids = append(ids, named.ID)
		}
	}
	return ids
}
