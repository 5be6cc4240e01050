package flow

import (
	"encoding/json"

	"github.com/tracardi/tracardi-go/node"
)

// output is what a node gives in a test instead of being run: what it is pinned to or, for one that acts, what its first
// example gives. ok is false for a node that is run as ever.
func (t *Test) output(s *step, payload map[string]any) (out node.Output, ok bool) {
	if out, ok = t.Pins[s.id]; ok {
		return out, true
	}
	if !s.kind.Acts {
		return node.Output{}, false
	}
	for _, example := range s.kind.Examples {
		if example.Port == "" || example.Port == node.ErrorPort {
			continue
		}
		result := payload
		if example.Result != "" {
			var given map[string]any
			if json.Unmarshal([]byte(example.Result), &given) == nil {
				result = given
			}
		}
		return node.To(example.Port, result), true
	}
	return node.Output{}, true
}
