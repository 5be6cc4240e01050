package node

import (
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for text, want := range map[string]string{
		`[a-z]+`:        "",
		``:              "",
		`(?P<year>\d+)`: "",
		`(`:             "missing closing )",
		`a(?=b)`:        "look-around",
		`(a)\1`:         "references back",
	} {
		var p Pattern
		err := p.UnmarshalText([]byte(text))
		if want == "" && (err != nil || p.Empty() != (text == "")) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if back, _ := p.MarshalText(); string(back) != text {
			t.Errorf("%q is written %q", text, back)
		}
	}
}
