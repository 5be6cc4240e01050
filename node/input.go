package node

import (
	"maps"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// Get implements expr.Data.
func (in *Input) Get(source string, path expr.Path) (value any, ok bool) {
	if source == "payload" {
		return tracardi.Dig(in.Payload, path.Steps()...)
	}
	return in.Look(source, path)
}

// Set implements expr.Writer. A change of the payload makes a new one and leaves that of other branches alone.
func (in *Input) Set(source string, path expr.Path, value any) error {
	if source != "payload" {
		return in.Change(source, path, value)
	}
	objects := expr.Objects{source: detached(in.Payload, path.Steps())}
	if err := objects.Set(source, path, value); err != nil {
		return tracardi.InvalidField("", "%v", err)
	}
	payload, ok := objects[source].(map[string]any)
	if !ok {
		return tracardi.InvalidField("", "the payload must be an object")
	}
	in.Payload = payload
	return nil
}

// Delete implements expr.Writer.
func (in *Input) Delete(source string, path expr.Path) error {
	if source != "payload" {
		return in.Change(source, path, nil)
	}
	objects := expr.Objects{source: detached(in.Payload, path.Steps())}
	if err := objects.Delete(source, path); err != nil {
		return err
	}
	in.Payload, _ = objects[source].(map[string]any)
	return nil
}

// With returns the payload with another member, without changing the one that other branches have.
func (in *Input) With(name string, value any) map[string]any {
	payload := maps.Clone(in.Payload)
	if payload == nil {
		payload = map[string]any{}
	}
	payload[name] = value
	return payload
}

// detached copies a value along a path, so that the place at its end can be changed without changing the original.
func detached(value any, path []string) any {
	if len(path) == 0 {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		copied := maps.Clone(value)
		if copied == nil {
			copied = map[string]any{}
		}
		if next, ok := copied[path[0]]; ok {
			copied[path[0]] = detached(next, path[1:])
		}
		return copied
	case []any:
		return tracardi.Clone(value)
	}
	return value
}
