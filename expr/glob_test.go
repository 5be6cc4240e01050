package expr_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
)

// TestPatternsAgreeWithRegularExpressions compares the patterns of "~" and "=" with the same pattern as an expression.
func TestPatternsAgreeWithRegularExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signs := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "A", "é", "*", "?", `\*`, `\?`, `\\`}), 1, 8).Draw(t, "pattern")
		subject := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "A", "É", "*", "?", `\`}), 0, 10).Draw(t, "text"), "")
		data := typed{"x": subject}
		pattern := strings.Join(signs, "")

		equal, _ := must(expr.Parse(`profile@x = "` + pattern + `"`)).Eval(data)
		if want := regexp.MustCompile(`(?s)^` + expression(signs, "*") + `$`).MatchString(subject); equal != want {
			t.Fatalf("%q = %q: got %v, want %v", subject, pattern, equal, want)
		}
		ends := [2]string{"^", "$"}
		if !strings.ContainsAny(strings.NewReplacer(`\*`, "", `\?`, "", `\\`, "").Replace(pattern), "*?") {
			ends = [2]string{}
		}
		match, _ := must(expr.Parse(`profile@x ~ "` + pattern + `"`)).Eval(data)
		if want := regexp.MustCompile(`(?si)` + ends[0] + expression(signs, "*?") + ends[1]).MatchString(subject); match != want {
			t.Fatalf("%q ~ %q: got %v, want %v", subject, pattern, match, want)
		}
	})
}

// expression is the regular expression of a pattern.
func expression(signs []string, wild string) string {
	var b strings.Builder
	for _, sign := range signs {
		switch {
		case sign == "*" && strings.Contains(wild, sign):
			b.WriteString(".*")
		case sign == "?" && strings.Contains(wild, sign):
			b.WriteString(".")
		case len(sign) == 2 && sign[0] == '\\':
			b.WriteString(regexp.QuoteMeta(sign[1:]))
		default:
			b.WriteString(regexp.QuoteMeta(sign))
		}
	}
	return b.String()
}

// TestPatternsTakeLinearTime uses a pattern and a text on which backtracking would take years.
func TestPatternsTakeLinearTime(t *testing.T) {
	pattern := strings.Repeat("a*", 1000) + "b"
	data := typed{"x": strings.Repeat("a", 100_000)}
	start := time.Now()
	for _, op := range []string{"=", "~"} {
		if ok, err := must(expr.Parse(`profile@x ` + op + ` "` + pattern + `"`)).Eval(data); ok || err != nil {
			t.Errorf("%s: got %v, %v", op, ok, err)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
