package letter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/letter"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

func TestFill(t *testing.T) {
	for _, c := range []struct {
		to    any
		want  []string
		error string
	}{
		{to: "payload@one", want: []string{"ann@example.com"}},
		{to: " ann@example.com ,, bob@example.com", want: []string{"ann@example.com", "bob@example.com"}},
		{to: "payload@many", want: []string{"ann@example.com", "bob@example.com"}},
		{to: " , ", error: "recipient: names nobody"},
		{to: "payload@none", error: "recipient: names nobody"},
		{to: "payload@gone", error: "payload@gone is missing"},
	} {
		template := letter.Template{From: node.ValueOf("shop@example.com"), To: node.ValueOf(c.to)}
		for into, text := range map[*node.Template]string{&template.Subject: "Hi\n{{payload@name}}", &template.HTML: "<p>{{payload@name}}</p>"} {
			if err := into.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := template.Fill(nodetest.NewFlow().Input(t, "payload",
			`{"name": "<A>\n", "one": "ann@example.com", "many": ["ann@example.com", 1, "bob@example.com"], "none": null}`))
		if c.error != "" {
			if err == nil || !strings.Contains(err.Error(), c.error) {
				t.Errorf("%v: %v, want %q", c.to, err, c.error)
			}
			continue
		}
		want := letter.Letter{From: "shop@example.com", To: c.want, Subject: "Hi <A>", HTML: "<p>&lt;A&gt;\n</p>"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v: %v\n%s", c.to, err, diff)
		}
	}
}

func TestImport(t *testing.T) {
	got := letter.Import(map[string]any{"source": "1", "message": map[string]any{"recipient": "a", "subject": "b", "content": "c"}})
	for name, want := range map[string]any{"source": "1", "recipient": "a", "subject": "b", "content": "c"} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}
