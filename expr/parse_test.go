package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
)

func TestParseWritesCanonicalText(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		c, err := expr.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := c.String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		again, err := expr.Parse(want)
		if err != nil || again.String() != want {
			t.Errorf("%s: reads back as %v, %v", want, again, err)
		}
	}
	f(`profile@a=1`, `profile@a = 1`)
	f("  profile@a\n==\t1  ", `profile@a = 1`)
	f(`PROFILE@Name : x`, `profile@Name = "x"`)
	f(`profile@a => 1 and profile@b =< 2`, `profile@a >= 1 AND profile@b <= 2`)
	f(`profile@a = 1 OR profile@b = 2 AND profile@c = 3`, `profile@a = 1 OR profile@b = 2 AND profile@c = 3`)
	f(`(profile@a = 1 OR profile@b = 2) AND profile@c = 3`, `(profile@a = 1 OR profile@b = 2) AND profile@c = 3`)
	f(`profile@a = 1 OR (profile@b = 2 OR profile@c = 3)`, `profile@a = 1 OR profile@b = 2 OR profile@c = 3`)
	f(`(profile@a = 1 AND profile@b = 2) AND profile@c = 3`, `profile@a = 1 AND profile@b = 2 AND profile@c = 3`)
	f(`NOT(profile@a = 1 AND not profile@b = 2)`, `NOT (profile@a = 1 AND NOT profile@b = 2)`)
	f(`NOT profile@a = 1 AND profile@b = 2`, `NOT profile@a = 1 AND profile@b = 2`)
	f(`profile@a not between 1 and 2 and profile@b in [1,x,"y",null,true]`, `NOT profile@a BETWEEN 1 AND 2 AND profile@b IN [1, "x", "y", NULL, TRUE]`)
	f(`profile@a  is  not  null`, `profile@a IS NOT NULL`)
	f(`profile@a Starts With b`, `profile@a STARTS WITH "b"`)
	f(`profile@a:(b or c*)`, `profile@a = "b" OR profile@a = "c*"`)
	f(`profile@a:(b)`, `profile@a = "b"`)
	f(`profile@a:(b or c) and profile@d = 1`, `(profile@a = "b" OR profile@a = "c") AND profile@d = 1`)
	f(`profile@a = "b\*c*"`, `profile@a = "b\*c*"`)
	f(`profile@a = "b\*c"`, `profile@a = "b\*c"`)
	f(`profile@a ~ "b?\?\*"`, `profile@a ~ "b?\?\*"`)
	f(`profile@a = "b?c"`, `profile@a = "b?c"`)
	f(`profile@a > "b*"`, `profile@a > "b*"`)
	f(`profile@a = "\u0041\/\"\\\n"`, `profile@a = "A/\"\\\n"`)
	f(`profile@a = "\r\t\b\f"`, `profile@a = "\r\t\u0008\u000c"`)
	f(`profile@a = "\u0001"`, `profile@a = "\u0001"`)
	f(`profile@a = "\ud800x"`, "profile@a = \"\uFFFDx\"")
	f(`profile@a["b c"][0].d`+` = 1`, `profile@a["b c"].0.d = 1`)
	f(`profile@["a b"] EXISTS`, `profile@["a b"] EXISTS`)
	f(`profile@a = 1e3`, `profile@a = 1000`)
	f(`profile@a = -0.50`, `profile@a = -0.5`)
	f(`profile@a = 1e30`, `profile@a = 1e+30`)
	f(`profile@a = 15m`, `profile@a = "15m"`)
	f(`profile@a = 2024-05-17`, `profile@a = "2024-05-17"`)
	f(`profile@a = Session@b`, `profile@a = session@b`)
	f(`profile@a > NOW ( )`, `profile@a > now()`)
	f(`profile@a > now("Europe/Berlin")`, `profile@a > now.timezone("Europe/Berlin")`)
	f(`profile@a > datetime("2024-05-17 12:00:00+02:00")`, `profile@a > datetime("2024-05-17T10:00:00Z")`)
	f(`profile@a > datetime("yesterday")`, `profile@a > datetime("yesterday")`)
	f(`LowerCase(profile@a) = lowercase( "X" )`, `lowercase(profile@a) = lowercase("X")`)
}

func TestParseSearch(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		c, err := expr.ParseSearch(text, "event")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := c.String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		again, err := expr.ParseSearch(want, "event")
		if err != nil || again.String() != want {
			t.Errorf("%s: reads back as %v, %v", want, again, err)
		}
	}
	f(``, ``)
	f("  \n", ``)
	f(`type:purchase`, `type = "purchase"`)
	f(`event@type:purchase`, `type = "purchase"`)
	f(`type:page-view AND metadata.channel:web`, `type = "page-view" AND metadata.channel = "web"`)
	f(`email:john@example.com`, `email = "john@example.com"`)
	f(`url:https://example.com/a?b*`, `url = "https://example.com/a?b*"`)
	f(`a = event@b`, `a = event@b`)
	f(`a = b.c`, `a = "b.c"`)
	f(`a > EVENT@b.["c d"] and lowercase(name) = x`, `a > event@b["c d"] AND lowercase(name) = "x"`)
	f(`["not"] = 1 AND ["a b"].c EXISTS AND event@and:1`, `["not"] = 1 AND ["a b"].c EXISTS AND ["and"] = 1`)
	f(`event@not.x = event@or`, `["not"].x = event@or`)
	f(`not-a = 1 AND in = 2 AND exists exists`, `not-a = 1 AND in = 2 AND exists EXISTS`)
	f(`now IN [a]`, `now IN ["a"]`)
	f(`true = true`, `true = TRUE`)
	f(`tags.0 = 5`, `tags.0 = 5`)

	c, err := expr.ParseSearch(" ", "event")
	if err != nil || c.Root() != nil {
		t.Fatalf("empty search: %v, %v", c.Root(), err)
	}
	if ok, err := c.At(clock).Eval(expr.Document(`{}`)); !ok || err != nil {
		t.Errorf("empty search: got %v, %v, want true", ok, err)
	}
	c, err = expr.ParseSearch(`type = "a" AND event@n > event@m`, "event")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := c.Eval(expr.Document(`{"type": "a", "n": 2, "m": 1}`)); !ok || err != nil {
		t.Errorf("search: got %v, %v, want true", ok, err)
	}
	for _, f := range c.Fields() {
		if f.Source != "" {
			t.Errorf("field %v has source %q", f, f.Source)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	// The sign ^ marks the place; it is taken out before parsing.
	f := func(text, found, want string) {
		t.Helper()
		offset := strings.IndexByte(text, '^')
		text = text[:offset] + text[offset+1:]
		_, err := expr.Parse(text)
		checkSyntaxError(t, text, err, offset, found, want)
	}
	f(`^`, `end of text`, `expected a field such as profile@traits.name, NOT or "("`)
	f(`  ^`, `end of text`, `expected a field`)
	f(`profile@a^`, `end of text`, `expected an operator`)
	f(`profile@a ^foo 1`, `"foo"`, `found "foo", expected an operator`)
	f(`profile@a = ^`, `end of text`, `expected a value`)
	f(`profile@a = 1 ^ANDD profile@b = 2`, `"ANDD"`, `found "ANDD", expected AND, OR or end of text`)
	f(`profile@a = 1 AND ^`, `end of text`, `expected a field`)
	f(`profile@a = 1 AND ^OR profile@b = 2`, `"OR"`, `expected a field`)
	f(`profile@a = ^AND`, `"AND"`, `expected a value`)
	f(`(profile@a = 1^`, `end of text`, `expected AND, OR or ")"`)
	f(`profile@a = 1^)`, `")"`, `expected AND, OR or end of text`)
	f(`(^)`, `")"`, `expected a field`)
	f(`profile@a IS ^5`, `"5"`, `expected NULL or NOT`)
	f(`profile@a IS NOT ^5`, `"5"`, `expected NULL`)
	f(`profile@a STARTS ^"x"`, `"\""`, `expected WITH`)
	f(`profile@a NOT ^= 5`, `"="`, `expected IN, EXISTS, EMPTY, CONTAINS, STARTS, ENDS or BETWEEN`)
	f(`profile@a IN ^5`, `"5"`, `expected "["`)
	f(`profile@a IN [1 ^2]`, `"2"`, `expected "," or "]"`)
	f(`profile@a IN [1,^]`, `"]"`, `expected a value`)
	f(`profile@a IN [^[1]]`, `"["`, `a list holds only constants`)
	f(`profile@a IN [^profile@b]`, `"profile@b"`, `a list holds only constants`)
	f(`profile@a BETWEEN 1 ^OR 2`, `"OR"`, `expected AND`)
	f(`profile@a = "x^`, `end of text`, `the text that begins at byte 12 is not closed`)
	f(`profile@a = "x^\u12G4"`, `"\\"`, `\u needs four hexadecimal digits`)
	f(`profile@a = "x\^`, `end of text`, `the rest of the escape`)
	f(`^name = 1`, `"name"`, `expected a field such as profile@traits.name`)
	f(`^profil@name = 1`, `"profil@name"`, `there is no source "profil"; a text with @ needs quotes; expected payload, session`)
	f(`profile@a = ^profil@b`, `"profil@b"`, `there is no source "profil"`)
	f(`^context@name = 1`, `"context@name"`, `there is no source "context"`)
	f(`profile@^ = 1`, `" "`, `expected a name or ["any text"]`)
	f(`profile@a.^ = 1`, `" "`, `expected a name`)
	f(`profile@a.^.b = 1`, `".b"`, `expected a name`)
	f(`profile@^... EXISTS`, `"..."`, `expected a name`)
	f(`profile@a["b"^ = 1`, `" "`, `the "[" at byte 9 is not closed`)
	f(`profile@a[^x] = 1`, `"x"`, `expected a quoted name or a number`)
	f(`profile@a[^""] = 1`, `"\""`, `a name must not be empty`)
	f(`profile@^-a = 1`, `"-a"`, `expected a name`)
	f(`^nope(profile@a) = 1`, `"nope"`, `there is no function nope`)
	f(`profile@a = ^nope()`, `"nope"`, `there is no function nope`)
	f(`profile@a = ^lowercase()`, `"lowercase"`, `lowercase takes 1 arguments, there are 0`)
	f(`profile@a = ^datetime("a","b","c")`, `"datetime"`, `no function takes more than 2 arguments`)
	f(`profile@a = lowercase(^b)`, `"b"`, `expected a field such as profile@traits.name, a quoted text or a number`)
	f(`profile@a = lowercase("b"^`, `end of text`, `expected "," or ")"`)
	f(`profile@a > now.offset(^"soon")`, `"\""`, `an offset is written like`)
	f(`profile@a > now.offset(^"5 lightyears")`, `"\""`, `there is no unit of time "lightyears"`)
	f(`profile@a > now.timezone(^"Mars/Base")`, `"\""`, `there is no time zone "Mars/Base"`)
	f(`profile@a > datetime(^"whenever")`, `"\""`, `cannot read "whenever" as a date`)
	f(`profile@a > datetime(^"02/03/2024")`, `"\""`, `cannot read "02/03/2024" as a date`)
	f(`profile@a > datetime(^5)`, `"5"`, `a date is a text, there is a number`)
	f(`now() ^EXISTS`, `"EXISTS"`, `only a field can exist`)
	f(`profile@a = ^'x'`, `"'"`, `a text stands in double quotes`)
	f(`profile@a = b\ ^c`, `"c"`, `expected AND, OR or end of text`)
	f(`profile@a = 1 ^# comment`, `"#"`, `expected AND, OR or end of text`)
	f(`profile@a:(x ^y)`, `"y"`, `expected OR or ")"`)
	f("profile@a = 1 AND\nprofile@ż = 1 ^x", `"x"`, `line 2, column 15`)
	f("profile@a = \"^\xff\"", "\"\\xff\"", `the text is not valid UTF-8`)
}

func TestSearchRefusesOtherSources(t *testing.T) {
	_, err := expr.ParseSearch(`type = a AND profile@x = 1`, "event")
	checkSyntaxError(t, "", err, 13, `"profile@x"`, `a search reads only fields of the event; a text with @ needs quotes; expected event@path or path`)
	_, err = expr.ParseSearch(`type = profile@x`, "event")
	checkSyntaxError(t, "", err, 7, `"profile@x"`, `a search reads only fields of the event`)
	_, err = expr.ParseSearch(`type = a purchase`, "event")
	checkSyntaxError(t, "", err, 9, `"purchase"`, `expected AND, OR or end of text`)
	_, err = expr.ParseSearch(`@type = a`, "")
	checkSyntaxError(t, "", err, 0, `"@type"`, `a search reads only fields`)
}

func checkSyntaxError(t *testing.T, text string, err error, offset int, found, want string) {
	t.Helper()
	syntax, ok := errors.AsType[*expr.SyntaxError](err)
	if !ok {
		t.Errorf("%s: got %v, want a syntax error", text, err)
		return
	}
	if syntax.Offset != offset || (found != "" && syntax.Found != found) || !strings.Contains(syntax.Error(), want) {
		t.Errorf("%s: got %q at %d, found %s; want %q at %d, found %s", text, syntax, syntax.Offset, syntax.Found, want, offset, found)
	}
}

func TestLimits(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := expr.Parse(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	const leaf = `profile@a = 1`
	f(strings.Repeat("(", expr.MaxDepth)+leaf+strings.Repeat(")", expr.MaxDepth), "")
	f(strings.Repeat("(", expr.MaxDepth+1)+leaf, "more than 100 parentheses and NOTs inside each other")
	f(strings.Repeat("NOT ", expr.MaxDepth+1)+leaf, "more than 100 parentheses and NOTs inside each other")
	f(leaf+strings.Repeat(" AND ("+leaf+")", 500), "")
	f(leaf+strings.Repeat(" ", expr.MaxTextBytes-len(leaf)), "")
	f(leaf+strings.Repeat(" ", expr.MaxTextBytes), "a condition has at most 16384 bytes, this one has 16397")
	f("profile@a IN [1"+strings.Repeat(",1", expr.MaxListValues-1)+"]", "")
	f("profile@a IN [1"+strings.Repeat(",1", expr.MaxListValues)+"]", "a list has at most 1000 values")
	f("profile@a:(1"+strings.Repeat(" or 1", expr.MaxListValues)+")", "more than 1000 values")
	f("profile@a"+strings.Repeat(".a", 64)+" = 1", "a path has at most 64 steps")
	f("profile@a = 1e999", "")
}

func TestTree(t *testing.T) {
	c, err := expr.Parse(`profile@a = 1 AND (NOT event@b = "x*" OR lowercase(event@c) != "y" OR event@d BETWEEN 1 AND event@e)`)
	if err != nil {
		t.Fatal(err)
	}
	var describe func(n expr.Node) string
	describe = func(n expr.Node) string {
		switch n := n.(type) {
		case expr.And:
			return fmt.Sprintf("and(%s, %s)", describe(n.Nodes[0]), describe(n.Nodes[1]))
		case expr.Or:
			return fmt.Sprintf("or(%s, %s, %s)", describe(n.Nodes[0]), describe(n.Nodes[1]), describe(n.Nodes[2]))
		case expr.Not:
			return fmt.Sprintf("not(%s)", describe(n.Node))
		case *expr.Leaf:
			return fmt.Sprintf("%v: %T %T %T %v", n.Op(), n.Left(), n.Right(), n.High(), n.Fields())
		}
		return fmt.Sprintf("%T", n)
	}
	want := `and(=: expr.Field expr.Literal <nil> [profile@a], ` +
		`or(not(=: expr.Field expr.Pattern <nil> [event@b]), !=: expr.Call expr.Literal <nil> [event@c], ` +
		`BETWEEN: expr.Field expr.Literal expr.Field [event@d event@e]))`
	if diff := cmp.Diff(want, describe(c.Root())); diff != "" {
		t.Error(diff)
	}
	if got := fmt.Sprint(c.Fields()); got != "[profile@a event@b event@c event@d event@e]" {
		t.Errorf("fields: %s", got)
	}
}

func TestIndexHints(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		c, err := expr.ParseSearch(text, "event")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		l := c.At(clock).Root().(*expr.Leaf)
		got := "none"
		if field, value, ok := l.Equals(); ok {
			got = fmt.Sprintf("%v equals %T %v", field, value, value)
		} else if field, values, ok := l.OneOf(); ok {
			got = fmt.Sprintf("%v one of %v", field, values)
		} else if r, ok := l.Range(); ok {
			got = fmt.Sprintf("%v from %v (%v) to %v (%v)", r.Field, r.Min, r.MinOpen, r.Max, r.MaxOpen)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	f(`a = x`, `a equals string x`)
	f(`a = 1`, `a equals float64 1`)
	f(`a = true`, `a equals bool true`)
	f(`a = "x*"`, `none`)
	f(`a = "x\*"`, `a equals string x*`)
	f(`a = NULL`, `none`)
	f(`a != x`, `none`)
	f(`a = event@b`, `none`)
	f(`lowercase(a) = x`, `none`)
	f(`a ~ x`, `none`)
	f(`a IN [x, 1]`, `a one of [x 1]`)
	f(`a = [x, 1]`, `a one of [x 1]`)
	f(`a IN []`, `a one of []`)
	f(`a = []`, `none`)
	f(`a IN [x, NULL]`, `none`)
	f(`a NOT IN [x]`, `none`)
	f(`a > 1`, `a from 1 (true) to <nil> (false)`)
	f(`a >= x`, `a from x (false) to <nil> (false)`)
	f(`a < 1`, `a from <nil> (false) to 1 (true)`)
	f(`a <= 1`, `a from <nil> (false) to 1 (false)`)
	f(`a BETWEEN 1 AND 2`, `a from 1 (false) to 2 (false)`)
	f(`a BETWEEN 1 AND event@b`, `none`)
	f(`a > event@b`, `none`)
	f(`a > NULL`, `none`)
	f(`a > now.offset("-1h")`, `a from 2024-05-17 09:30:00 +0000 UTC (true) to <nil> (false)`)
	f(`now.offset("-1h") >= event@a`, `a from <nil> (false) to 2024-05-17 09:30:00 +0000 UTC (false)`)
	f(`now() < event@a`, `a from 2024-05-17 10:30:00 +0000 UTC (true) to <nil> (false)`)
	f(`now() = event@a`, `a from 2024-05-17 10:30:00 +0000 UTC (false) to 2024-05-17 10:30:00 +0000 UTC (false)`)
	f(`a = datetime("2024-05-17")`, `a from 2024-05-17 00:00:00 +0000 UTC (false) to 2024-05-17 00:00:00 +0000 UTC (false)`)
	f(`a != now()`, `none`)
	f(`a > datetime(event@b)`, `none`)
	f(`now() > now()`, `none`)

	c, err := expr.Parse(`profile@a > now()`)
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := c.Root().(*expr.Leaf).Range(); ok {
		t.Errorf("now() has no value yet, got range %v", r)
	}
}
