package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
)

// Assignments is a setting that holds values by the places that they go to, such as
// {"profile@traits.color": "event@properties.color"}. They keep the order in which they are written.
type Assignments []Assignment

// Assignment is a place and what goes there.
type Assignment struct {
	To    Path
	Value Value
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Assignments) UnmarshalJSON(text []byte) error {
	*a = nil
	decoder := json.NewDecoder(bytes.NewReader(text))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("write an object: {\"profile@traits.color\": …}")
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var one Assignment
		if err := one.To.UnmarshalText([]byte(fmt.Sprint(name))); err != nil {
			return err
		}
		if one.To.Empty() {
			return fmt.Errorf("a place has no name: write it like profile@traits.color")
		}
		if err := decoder.Decode(&one.Value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*a = append(*a, one)
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (a Assignments) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, one := range a {
		name, err := json.Marshal(one.To.String())
		if err != nil {
			return nil, err
		}
		value, err := one.Value.MarshalJSON()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, name...), ':'), value...)
	}
	return append(text, '}'), nil
}

// FromJSONText makes an Import for settings that the original keeps as JSON inside a text.
func FromJSONText(names ...string) func(old map[string]any) map[string]any {
	return func(old map[string]any) map[string]any {
		settings := maps.Clone(old)
		for _, name := range names {
			text, ok := settings[name].(string)
			if !ok {
				continue
			}
			var value any
			if text == "" {
				delete(settings, name)
			} else if err := json.Unmarshal([]byte(text), &value); err == nil {
				settings[name] = value
			}
		}
		return settings
	}
}
