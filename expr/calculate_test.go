package expr_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/expr"
)

const stock = `{"profile": {"n": 10, "text": " 2.5 ", "word": "x", "none": null, "vip": true, "odd key": 4, "a-b": 7}}`

func TestCalculation(t *testing.T) {
	f := func(text string, last float64, variables, after string) {
		t.Helper()
		data := objects(t, stock)
		c, err := expr.ParseCalculation(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		got, err := c.Run(data)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		want := expr.Result{Last: last, Variables: decode(t, variables).(map[string]any)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if after == "" {
			after = stock
		}
		if diff := cmp.Diff(objects(t, after), data); diff != "" {
			t.Errorf("%s changed the data (-want +got):\n%s", text, diff)
		}
	}
	f("", 0, `{}`, "")
	f("\n  \r\n", 0, `{}`, "")
	f("1 + 2 * 3", 7, `{}`, "")
	f("(1 + 2) * 3", 9, `{}`, "")
	f("10 - 4 - 3", 3, `{}`, "")
	f("16 / 4 / 2", 2, `{}`, "")
	f("-2 * -(3 + +1)", 8, `{}`, "")
	f("1.5e3 + .5 - 2E-1", 1500.3, `{}`, "")
	f("3-2", 1, `{}`, "")
	f("x = 2\ny=x*x\n\nx - y", -2, `{"x": 2, "y": 4}`, "")
	f("x = 2\r\nx = x + 1", 3, `{"x": 3}`, "")
	f("a.b = 1\na.c = a.b + 1\nżó = 3", 3, `{"a": {"b": 1, "c": 2}, "żó": 3}`, "")
	f("profile@n + profile@text", 12.5, `{}`, "")
	f(`profile@["odd key"] * profile@a-b`, 28, `{}`, "")
	f("profile@n = profile@n + 1\nx = profile@n * 2\nprofile@n = profile@n + 1", 12, `{"x": 22}`,
		`{"profile": {"n": 12, "text": " 2.5 ", "word": "x", "none": null, "vip": true, "odd key": 4, "a-b": 7}}`)
	f(`payload@a["b c"] = 1`, 1, `{}`, `{"payload": {"a": {"b c": 1}}, "profile": {"n": 10, "text": " 2.5 ", "word": "x", "none": null, "vip": true, "odd key": 4, "a-b": 7}}`)
	f("PROFILE@n", 10, `{}`, "")
}

func TestCalculationFails(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		data := objects(t, stock)
		c, err := expr.ParseCalculation(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if _, err = c.Run(data); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
		if diff := cmp.Diff(objects(t, stock), data); diff != "" {
			t.Errorf("%s changed the data before it failed:\n%s", text, diff)
		}
	}
	f("profile@n = 1\n\n1 / (profile@n - 1)", "calculation, line 3: division by zero")
	f("profile@n = 1\nprofile@x + 1", "calculation, line 2: profile@x is missing in the data")
	f("profile@word", `calculation, line 1: profile@word is no number but the text "x"`)
	f("profile@none", "calculation, line 1: profile@none is no number but null")
	f("profile@vip", "calculation, line 1: profile@vip is no number but true or false")
	f("1e300 * 1e300", "calculation, line 1: the result is too large")
	f("1 + -(1 / 0)", "calculation, line 1: division by zero")
	f("profile@n.x = 1", `calculation, line 1: set profile@n.x: "x" cannot be put into a number`)

	c, err := expr.ParseCalculation("profile@x")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Run(expr.Objects{})
	if _, ok := errors.AsType[*expr.MissingError](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestCalculationSyntax(t *testing.T) {
	f := func(text, found, want string) {
		t.Helper()
		offset := strings.IndexByte(text, '^')
		text = text[:offset] + text[offset+1:]
		_, err := expr.ParseCalculation(text)
		checkSyntaxError(t, text, err, offset, found, want)
	}
	f("1 +^", "end of text", `expected a number, a name, a reference or "("`)
	f("1 +^\n2", `"\n"`, `line 1, column 4`)
	f("1 ^2", `"2"`, "expected +, -, *, / or end of line")
	f("(1 + 2^", "end of text", `expected ")"`)
	f("1 + 2^)", `")"`, "expected +, -")
	f("x = 1\n^y", `"y"`, "y has no value yet")
	f("x = ^x", `"x"`, "x has no value yet")
	f("x = ^", "end of text", "expected a number")
	f("x = ^= 1", `"="`, "expected a number")
	f("^1x = 1", `"1x"`, `"1x" is no name: letters, digits and _, with dots between`)
	f("^a-b = 1", `"a-b"`, "a has no value yet")
	f("^a..b = 1", `"a..b"`, `"a..b" is no name`)
	f("a = 1\n^a.b = 1", `"a.b"`, "there is a variable a already, a.b cannot be another beside it")
	f("a.b = 1\n^a = 1", `"a"`, "there is a variable a.b already")
	f("^flow@x = 1", `"flow@x"`, "cannot write to flow@x: flow can only be read")
	f("^context@x = 1", `"context@x"`, `there is no source "context"`)
	f("1 + ^source@x", `"source@x"`, `there is no source "source"`)
	f("profile@^ + 1", `" "`, "expected a name")
	f("^1.2.3", `"1.2.3"`, `"1.2.3" is no number`)
	f("^1e", `"1e"`, `"1e" is no number`)
	f("1 ^# note", `"#"`, "expected +, -")
	f("1 + ^profile@[\"a\nb\"]", `"profile@"`, "a reference ends in its line")
	f("x = ^\xff", "", "the text is not valid UTF-8")
	f(strings.Repeat("(", expr.MaxDepth)+"^(1", `"("`, "more than 100 parentheses and signs inside each other")
	f(strings.Repeat("-", expr.MaxDepth)+"^-1", `"-1"`, "more than 100 parentheses and signs inside each other")
	f(strings.Repeat(" ", expr.MaxTextBytes)+"^ ", "", "a calculation has at most 16384 bytes, this one has 16385")
}

// TestCalculationAgreesWithGo compares random arithmetic with what Go computes.
func TestCalculationAgreesWithGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, want := arithmetic(t, 5)
		c, err := expr.ParseCalculation("y = 3\n" + text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := c.Run(expr.Objects{"profile": map[string]any{"x": 2.0}})
		if math.IsNaN(want) || math.IsInf(want, 0) {
			if err == nil {
				t.Fatalf("%s: got %v, want an error", text, got.Last)
			}
			return
		}
		if err != nil || got.Last != want {
			t.Fatalf("%s: got %v, %v; want %v", text, got.Last, err, want)
		}
	})
}

// arithmetic draws an expression in full parentheses with its value; infinite or NaN when something is divided by zero.
func arithmetic(t *rapid.T, depth int) (string, float64) {
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth == 0 {
		kind %= 3
	}
	switch kind {
	case 0:
		n := float64(rapid.IntRange(0, 9).Draw(t, "n"))
		return fmt.Sprint(n), n
	case 1:
		return "profile@x", 2
	case 2:
		return "y", 3
	case 3:
		text, n := arithmetic(t, depth-1)
		return "-" + text, -n
	}
	left, a := arithmetic(t, depth-1)
	right, b := arithmetic(t, depth-1)
	switch kind {
	case 4:
		return "(" + left + " + " + right + ")", a + b
	case 5:
		return "(" + left + " - " + right + ")", a - b
	case 6:
		return left + "*" + right, a * b
	}
	if b == 0 {
		return "(" + left + " / (" + right + "))", math.NaN()
	}
	return "(" + left + " / (" + right + "))", a / b
}
