package expr

import "testing"

func TestSmoke(t *testing.T) {
	d := Sources{"profile": []byte(`{"a":1,"b":"x","t":"2024-01-01T00:00:00Z","l":[1,"q"]}`)}
	for _, s := range []string{
		`profile@a = 1 and profile@b="x"`, `NOT profile@a > 5 AND profile@l CONTAINS "q"`, `profile@b = x* or profile@b in [a, 1, "z\*"]`,
		`profile@b:(x or y*)`, `profile@t < now.offset("-15m") and profile@t = datetime("2024-01-01 00:00")`, `profile@b ~ "X?"`,
	} {
		c, err := Parse(s)
		if err != nil {
			t.Fatal(s, err)
		}
		ok, err := c.Eval(d)
		t.Log(c, ok, err)
	}
	c, err := ParseSearch(`type:page-* AND event@x = event@y and email:john@example.com or ["not"] = not-x`, "event")
	t.Log(c, err)
	_, err = Parse(`profile@a == `)
	t.Log(err)
}
