package node_test

import (
	"context"
	"embed"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

var update = flag.Bool("update", false, "write the golden files")

//go:embed *_test.go
var sources embed.FS

var group = node.NewGroup("trial", "Trial", sources)

func init() {
	group.Register(node.Type{
		ID: "everything", Name: "Everything", Icon: "test-pipe", Aliases: []string{"old.module.EverythingAction"},
		New: func() node.Node { return &Everything{Size: 3, Color: "red", After: node.Seconds(60)} },
		Import: func(old map[string]any) map[string]any {
			settings := map[string]any{"size": old["how_big"], "gone": true}
			for _, same := range []string{"on", "text"} {
				if value, given := old[same]; given {
					settings[same] = value
				}
			}
			return settings
		},
	})
}

// Everything has a setting of every kind.
//
// It does nothing.
type Everything struct {
	When     node.Condition    `json:"when" title:"When" help:"A condition."`
	Text     node.Template     `json:"text" title:"Text" help:"A template." required:"true"`
	Place    node.Path         `json:"place" title:"Place" help:"A path." required:"true"`
	Any      node.Value        `json:"any" title:"Any" help:"A value."`
	After    node.Duration     `json:"after" title:"After" help:"A duration."`
	Resource node.Reference    `json:"resource" title:"Resource" help:"A mail server." kind:"resource:smtp"`
	Size     int               `json:"size" title:"Size" help:"A number." min:"1" max:"10"`
	Color    string            `json:"color" title:"Color" help:"One of a few." enum:"red,green"`
	Headers  map[string]string `json:"headers" title:"Headers" help:"Texts by name."`
	Names    []string          `json:"names" title:"Names" help:"Texts."`
	On       bool              `json:"on" title:"On" help:"A switch."`
}

// Run implements node.Node.
func (n *Everything) Run(context.Context, *node.Input) (node.Output, error) {
	return node.Output{}, nil
}

// Check implements node.Checker.
func (n *Everything) Check() error {
	if n.On && n.Size == 7 {
		return tracardi.InvalidField("size", "7 is too much when it is on")
	}
	return nil
}

func TestSettingsAreChecked(t *testing.T) {
	f := func(config string, want ...string) {
		t.Helper()
		_, err := node.Lookup("trial.everything").Configure([]byte(config))
		if len(want) == 0 && err != nil {
			t.Errorf("%s: %v", config, err)
		}
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %v, want an error with %q", config, err, part)
			}
		}
	}
	const needed = `"text": "x", "place": "profile@traits.a"`
	f(`{` + needed + `}`)
	f(`{` + needed + `, "when": "profile@a = 1 AND event@b > 2", "any": {"a": "profile@b", "c": [1, null]}, "after": "3 days", "resource": {"id": "r", "name": "R"}}`)
	f(`{` + needed + `, "size": null, "resource": "r", "after": 90, "names": ["a"], "headers": {"a": "b"}}`)
	f(`{` + needed + `, "after": "90"}`)
	f(`{` + needed + `, "after": 2592000}`) // thirty days
	f(`{`+needed+`, "after": 3600000000}`, "after: ")
	f(`{`+needed+`, "after": "NaN"}`, "after: ")
	f(``, "text: is required", "place: is required")
	f(`[]`, "object")
	f(`{`+needed+`, "when": "profile@a ="}`, "when: ")
	f(`{"text": "{{profile@}}", "place": "nowhere"}`, "text: ", "place: ", `"nowhere" names no place`)
	f(`{`+needed+`, "size": 11}`, "size: ", "10")
	f(`{`+needed+`, "size": "many"}`, "size: ", "integer")
	f(`{`+needed+`, "color": "blue"}`, "color: ")
	f(`{`+needed+`, "after": "soon"}`, "after: ")
	f(`{`+needed+`, "after": -5}`, "after: ")
	f(`{`+needed+`, "after": "-2h"}`, "after: ")
	f(`{`+needed+`, "names": [1]}`, "names: ")
	f(`{`+needed+`, "colour": "red", "siz": 1}`, "colour: there is no such setting", "siz: there is no such setting")
	f(`{`+needed+`, "on": true, "size": 7}`, "size: 7 is too much")
}

func TestDefaultsStay(t *testing.T) {
	n, err := node.Lookup("trial.everything").Configure([]byte(`{"text": "x", "place": "profile@traits.a"}`))
	if err != nil {
		t.Fatal(err)
	}
	e := n.(*Everything)
	if e.Size != 3 || e.Color != "red" || e.After.At(nodetest.Now) != time.Minute {
		t.Errorf("got %+v", e)
	}
}

// TestSchema compares the schema, from which forms are made, with a file.
func TestSchema(t *testing.T) {
	got, err := json.MarshalIndent(node.Lookup("trial.everything").Schema(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const name = "testdata/everything.json"
	if *update {
		if err := os.WriteFile(name, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("the schema is now\n%s", got)
	}
}

func TestLengthsOfTime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`0`: 0, `""`: 0, `90`: 90 * time.Second, `"90"`: 90 * time.Second, `1.5`: 1500 * time.Millisecond, `2592000`: 720 * time.Hour,
		`"2h 30m"`: 150 * time.Minute, `999999.25`: 999_999*time.Second + 250*time.Millisecond,
	} {
		var d node.Duration
		if err := d.UnmarshalJSON([]byte(text)); err != nil || d.At(time.Unix(0, 0).UTC()) != want {
			t.Errorf("%s: got %v, %v, want %v", text, d.At(time.Unix(0, 0).UTC()), err, want)
		}
	}
}

func TestDocIsTheComment(t *testing.T) {
	if got := node.Lookup("trial.everything").Doc(); got != "Has a setting of every kind.\n\nIt does nothing.\n" {
		t.Errorf("got %q", got)
	}
}

func TestImport(t *testing.T) {
	typ, config, ok, err := node.Import("old.module", "EverythingAction", map[string]any{"how_big": 5.0})
	if err != nil || !ok || typ.FullID() != "trial.everything" || string(config) != `{"size":5}` {
		t.Errorf("got %v %s %v %v", typ, config, ok, err)
	}
	if _, config, _, _ := node.Import("old.module", "EverythingAction", map[string]any{"how_big": " 5 ", "on": "True", "text": 7.5}); string(config) != `{"on":true,"size":5,"text":"7.5"}` {
		t.Errorf("texts of forms became %s", config)
	}
	if _, config, _, _ := node.Import("old.module", "EverythingAction", map[string]any{"how_big": 5.0, "text": 4915550000001.0}); string(config) != `{"size":5,"text":"4915550000001"}` {
		t.Errorf("a long number became %s", config)
	}
	if typ, _, ok, _ := node.Import("old.module", "ClassThatNobodyKnows", nil); !ok || typ.FullID() != "trial.everything" {
		t.Error("the module alone does not lead to the node")
	}
	if _, _, ok, _ := node.Import("other.module", "EverythingAction", nil); ok {
		t.Error("an unknown node was imported")
	}
}

func TestUnusedSettings(t *testing.T) {
	plain := *node.Lookup("trial.everything")
	plain.Import = nil
	got := plain.Unused(map[string]any{
		"size": 5.0, "debug": true, "off": false, "none": nil, "zero": 0.0, "empty": "{}", "list": []any{},
		"resource2": map[string]any{"id": "", "name": ""}, "server": map[string]any{"id": "r1", "name": ""}, "text": "known",
	})
	if diff := cmp.Diff([]string{"debug", "server"}, got); diff != "" {
		t.Error(diff)
	}
	if got := node.Lookup("trial.everything").Unused(map[string]any{"how_big": 5.0}); !slices.Equal(got, []string{"gone"}) {
		t.Errorf("after Import: got %v", got)
	}
}

func TestPayloadOfOtherBranchesStays(t *testing.T) {
	f := nodetest.NewFlow()
	in := f.Input(t, "payload", `{"a": {"b": 1, "list": [{"c": 1}]}, "other": {}}`)
	before := in.Payload
	for path, value := range map[string]any{"a.b": 2.0, "a.list.0.c": 3.0, "new.deep": true} {
		if err := in.Set("payload", expr.MustPath(path), value); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.Delete("payload", expr.MustPath("other")); err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[*map[string]any]string{
		&before:     `{"a":{"b":1,"list":[{"c":1}]},"other":{}}`,
		&in.Payload: `{"a":{"b":2,"list":[{"c":3}]},"new":{"deep":true}}`,
	} {
		if got, _ := json.Marshal(*payload); string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
