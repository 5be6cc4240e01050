package text_test

import (
	"testing"
)

func TestProperties(t *testing.T) {
	for text, want := range map[string]map[string]any{
		"":            {"isalpha": false, "isascii": true, "isprintable": true, "isidentifier": false, "capitalize": "", "length": 0, "words": 0},
		"Straße":      {"casefold": "strasse", "isalpha": true, "isascii": false, "length": 6, "istitle": true},
		"12٣":         {"isdecimal": true, "isnumeric": true, "isalnum": true, "islower": false, "isupper": false},
		"½":           {"isdecimal": false, "isnumeric": true},
		"_x1":         {"isidentifier": true, "isalnum": false},
		"1x":          {"isidentifier": false, "isalnum": true},
		" \t":         {"isspace": true, "isprintable": false, "strip": ""},
		"ÉCOLE":       {"isupper": true, "swapcase": "école", "capitalize": "École"},
		"two  Words ": {"words": 2, "rstrip": "two  Words", "title": "Two  Words "},
	} {
		out, err := run(t, "text.properties", map[string]any{"string": "payload@text"}, map[string]any{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range want {
			if got := out.Results[0].Payload[name]; got != value {
				t.Errorf("%q: %s is %v, want %v", text, name, got, value)
			}
		}
	}
}
