package expr_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
)

func TestComplete(t *testing.T) {
	// The sign ^ is the cursor; in want the same sign stands before and behind what a choice replaces.
	f := func(text, kind, field, prefix, want string, keywords ...string) {
		t.Helper()
		cursor := strings.IndexByte(text, '^')
		text = text[:cursor] + text[cursor+1:]
		got := expr.Complete(text, cursor)
		if len(keywords) == 0 {
			got.Keywords = nil
		}
		from := strings.IndexByte(want, '^')
		to := strings.LastIndexByte(want, '^') - 1
		if diff := cmp.Diff(expr.Completion{Kind: kind, Field: field, Prefix: prefix, From: from, To: to, Keywords: keywords}, got); diff != "" {
			t.Errorf("%s at %d (-want +got):\n%s", text, cursor, diff)
		}
	}
	// Fields.
	f(`^`, expr.WantField, "", "", `^^`)
	f(`ty^`, expr.WantField, "", "ty", `^ty^`)
	f(`ty^pe = 5`, expr.WantField, "", "ty", `^type^ = 5`)
	f(`event@^`, expr.WantField, "", "event@", `^event@^`)
	f(`a = 1 AND event@tr^ OR b = 2`, expr.WantField, "", "event@tr", `a = 1 AND ^event@tr^ OR b = 2`)
	f(`a = 1 AND ^b = 2`, expr.WantField, "", "", `a = 1 AND ^^b = 2`)
	f(`NO^`, expr.WantField, "", "NO", `^NO^`, "NOT", "now()", "now.offset()")
	f(`NOT (^`, expr.WantField, "", "", `NOT (^^`)
	f(`event@traits["a^`, expr.WantField, "", `event@traits["a`, `^event@traits["a^`)
	f(`a = profile@na^`, expr.WantField, "", "profile@na", `a = ^profile@na^`)
	f(`lowercase(tr^) = 1`, expr.WantField, "", "tr", `lowercase(^tr^) = 1`)
	f(`żó^ł = 1`, expr.WantField, "", "żó", `^żół^ = 1`)

	// Operators.
	f(`type ^`, expr.WantOperator, "type", "", `type ^^`, "=", "!=", "<", "<=", ">", ">=", "~", "CONTAINS", "STARTS WITH", "ENDS WITH", "IN",
		"NOT IN", "BETWEEN", "IS NULL", "IS NOT NULL", "EXISTS", "NOT EXISTS", "EMPTY", "NOT EMPTY")
	f(`type i^`, expr.WantOperator, "type", "i", `type ^i^`, "IN", "IS NULL", "IS NOT NULL")
	f(`type IS ^`, expr.WantOperator, "type", "IS ", `type ^IS ^`, "IS NULL", "IS NOT NULL")
	f(`type IS  N^ULL`, expr.WantOperator, "type", "IS N", `type ^IS  NULL^`, "IS NULL", "IS NOT NULL")
	f(`type !^= 5`, expr.WantOperator, "type", "!", `type ^!=^ 5`, "!=")
	f(`now() ^`, expr.WantOperator, "", "", `now() ^^`)
	f(`not a.b EXI^`, expr.WantOperator, "a.b", "EXI", `not a.b ^EXI^`, "EXISTS")

	// Values.
	f(`type =^`, expr.WantValue, "type", "", `type =^^`)
	f(`type = ^ AND b = 1`, expr.WantValue, "type", "", `type = ^^ AND b = 1`)
	f(`type:pur^chase and x`, expr.WantValue, "type", "pur", `type:^purchase^ and x`)
	f(`type = "pu^r" and y = ""`, expr.WantValue, "type", "pu", `type = ^"pur"^ and y = ""`)
	f(`type = "a b^`, expr.WantValue, "type", "a b", `type = ^"a b^`)
	f(`event@x IN [a, ^]`, expr.WantValue, "event@x", "", `event@x IN [a, ^^]`)
	f(`x IN ^`, expr.WantValue, "x", "", `x IN ^^`, "[")
	f(`x BETWEEN 1 AND 2^`, expr.WantValue, "x", "2", `x BETWEEN 1 AND ^2^`)
	f(`x:(a or b^)`, expr.WantValue, "x", "b", `x:(a or ^b^)`)
	f(`x = t^`, expr.WantValue, "x", "t", `x = ^t^`, "TRUE")

	// Words between comparisons.
	f(`a = 1 ^`, expr.WantKeyword, "", "", `a = 1 ^^`, "AND", "OR")
	f(`a = "x"^`, expr.WantKeyword, "", "", `a = "x"^^`, "AND", "OR")
	f(`a = 1 A^ b = 2`, expr.WantKeyword, "", "A", `a = 1 ^A^ b = 2`, "AND")
	f(`(a = 1 ^`, expr.WantKeyword, "", "", `(a = 1 ^^`, "AND", "OR", ")")
	f(`a:(b ^`, expr.WantKeyword, "", "", `a:(b ^^`, "OR", ")")
	f(`a IN [b ^`, expr.WantKeyword, "", "", `a IN [b ^^`, ",", "]")
	f(`a BETWEEN 1 ^`, expr.WantKeyword, "", "", `a BETWEEN 1 ^^`, "AND")
	f(`a EXISTS ^`, expr.WantKeyword, "", "", `a EXISTS ^^`, "AND", "OR")

	// Nothing, when the text before makes no sense.
	f(`type foo^`, "", "", "", `type foo^^`)
	f(`a = 1 b = ^`, "", "", "", `a = 1 b = ^^`)
	f(`a = "\u12^`, "", "", "", `a = "\u12^^`)
}

func TestCompleteTakesAnyCursor(t *testing.T) {
	for _, cursor := range []int{-5, 0, 1, 2, 3, 100} {
		got := expr.Complete("ża", cursor)
		if got.From < 0 || got.To > len("ża") || got.From > got.To {
			t.Errorf("cursor %d: got %+v", cursor, got)
		}
	}
}
