package node

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// The tags of a setting's field, beside json:
//
//	title     its label
//	help      what it is for, in a sentence
//	required  "true" when there must be a value
//	enum      the values that it may have, separated by commas
//	min, max  bounds of a number
//	widget    how a form shows it, where its type does not tell: textarea, code, json, color, password
//	secret    "true" for a field of a resource that is encrypted and never shown
//	address   "true" for a field of a resource that says where its secrets are sent
//	kind      what a Reference names: resource:smtp, flow, source, segment, event-type

// settingSchemas are the schemas of the types of this package.
var settingSchemas = map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[Condition]():   widget("condition", "string"),
	reflect.TypeFor[Template]():    widget("template", "string"),
	reflect.TypeFor[Path]():        widget("path", "string"),
	reflect.TypeFor[Pattern]():     widget("pattern", "string"),
	reflect.TypeFor[Value]():       widget("value"),
	reflect.TypeFor[Assignments](): widget("assignments", "object"),
	reflect.TypeFor[Duration]():    widget("duration", "string", "number"),
	reflect.TypeFor[Reference]():   widget("reference", "string", "object"),
}

func widget(name string, types ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{Extra: map[string]any{"x-widget": name}}
	if len(types) == 1 {
		s.Type = types[0]
	} else {
		s.Types = types
	}
	return s
}

// schemaOf makes the schema of a struct's fields, and the checks of each.
func schemaOf(n any) (*jsonschema.Schema, map[string]*jsonschema.Resolved) {
	value := reflect.ValueOf(n).Elem()
	all, err := jsonschema.ForType(value.Type(), &jsonschema.ForOptions{TypeSchemas: settingSchemas})
	if err != nil {
		panic(err) // a node is code
	}
	all.Required = nil
	checks := map[string]*jsonschema.Resolved{}
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name := jsonName(field)
		property := all.Properties[name]
		if property == nil {
			continue
		}
		describe(property, field)
		if field.Tag.Get("required") == "true" {
			all.Required = append(all.Required, name)
		}
		if checks[name], err = property.CloneSchemas().Resolve(nil); err != nil {
			panic(err)
		}
		if text, err := json.Marshal(value.Field(i).Interface()); err == nil && string(text) != "null" && !value.Field(i).IsZero() {
			property.Default = text
		}
	}
	return all, checks
}

// describe puts what a field's tags say into its schema.
func describe(property *jsonschema.Schema, field reflect.StructField) {
	property.Title, property.Description = field.Tag.Get("title"), field.Tag.Get("help")
	if len(property.Types) == 2 && slices.Contains(property.Types, "null") { // a list or a map
		property.Type = property.Types[1-slices.Index(property.Types, "null")]
		property.Types = nil
	}
	for option := range strings.SplitSeq(field.Tag.Get("enum"), ",") {
		if option != "" {
			property.Enum = append(property.Enum, option)
		}
	}
	property.Minimum, property.Maximum = bound(field.Tag.Get("min")), bound(field.Tag.Get("max"))
	extra := maps.Clone(property.Extra)
	if extra == nil {
		extra = map[string]any{}
	}
	for _, hint := range []string{"widget", "kind"} {
		if said := field.Tag.Get(hint); said != "" {
			extra["x-"+hint] = said
		}
	}
	if field.Tag.Get("address") == "true" {
		extra["x-address"] = true
	}
	if field.Tag.Get("secret") == "true" {
		property.WriteOnly, extra["x-widget"] = true, "password"
	}
	if len(extra) > 0 {
		property.Extra = extra
	}
}

func bound(tag string) *float64 {
	n, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		return nil
	}
	return &n
}

// fieldsOf are the fields of a struct by the names of the settings.
func fieldsOf(n any) map[string]reflect.Value {
	value := reflect.ValueOf(n).Elem()
	fields := map[string]reflect.Value{}
	for i := range value.NumField() {
		if name := jsonName(value.Type().Field(i)); name != "" {
			fields[name] = value.Field(i)
		}
	}
	return fields
}

// jsonName is the name of a setting; empty for a field that is none.
func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if !field.IsExported() || name == "-" {
		return ""
	}
	return name
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
