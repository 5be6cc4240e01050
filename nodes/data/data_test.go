package data_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/data"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "data", nil) }

// payload runs a node and returns the first payload that it passes on.
func payload(t *testing.T, id, config string, in *node.Input) map[string]any {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.Run(t.Context(), in)
	if err != nil || len(out.Results) != 1 {
		t.Fatalf("got %v, %v", out, err)
	}
	return out.Results[0].Payload
}

func TestRandomDrawsEveryItem(t *testing.T) {
	drawn := map[any]bool{}
	for range 1000 {
		drawn[payload(t, "data.random", `{"list_of_items": ["a", "b", "c"]}`, nodetest.NewFlow().Input(t, "payload", ""))["value"]] = true
	}
	if !cmp.Equal(drawn, map[any]bool{"a": true, "b": true, "c": true}) {
		t.Errorf("drew %v", drawn)
	}
}

func TestPasswords(t *testing.T) {
	for _, test := range []struct{ config, shape string }{
		{`{}`, `^.{8,13}$`},
		{`{"min_length": 1, "max_length": 3, "uppercase": 3, "lowercase": 0, "special_characters": 0}`, `^[A-Z]{3}$`},
		{`{"min_length": 40, "max_length": 40}`, `^.{40}$`},
	} {
		seen := map[string]bool{}
		for range 50 {
			password, _ := payload(t, "data.password", test.config, nodetest.NewFlow().Input(t, "payload", ""))["password"].(string)
			if !regexp.MustCompile(test.shape).MatchString(password) || seen[password] && len(password) > 3 {
				t.Fatalf("%s: %q", test.config, password)
			}
			if test.config == `{}` && (count(password, `[A-Z]`) < 2 || count(password, `[a-z]`) < 4 || count(password, `[^A-Za-z0-9]`) < 2) {
				t.Errorf("too few of a kind in %q", password)
			}
			seen[password] = true
		}
	}
}

func count(text, pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(text, -1)) }

func TestUUID(t *testing.T) {
	in := nodetest.NewFlow().Input(t, "payload", "")
	first, second := payload(t, "data.uuid", "", in)["uuid4"], payload(t, "data.uuid", "", in)["uuid4"]
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if text, _ := first.(string); !shape.MatchString(text) || first == second {
		t.Errorf("got %v and %v", first, second)
	}
}

func TestCollectByEdge(t *testing.T) {
	f := nodetest.NewFlow()
	for edge, sent := range map[string]string{"the price": `{"a": 1}`, "stock": `{"a": 2}`} {
		in := f.Input(t, "payload", sent)
		in.Edge = edge
		payload(t, "data.collect", `{"name": "all", "type": "dict"}`, in)
	}
	want := map[string]any{"the-price": map[string]any{"a": 1.0}, "stock": map[string]any{"a": 2.0}}
	if diff := cmp.Diff(want, f.Documents["memory"].(map[string]any)["all"]); diff != "" {
		t.Error(diff)
	}
}

func TestRespond(t *testing.T) {
	f := nodetest.NewFlow()
	payload(t, "data.respond", `{"key": "My Key", "body": {"type": "event@type"}}`, f.Input(t, "payload", ""))
	payload(t, "data.respond", `{"key": "one", "body": "event@type"}`, f.Input(t, "payload", ""))
	want := map[string]any{"my_key": map[string]any{"type": "page-view"}, "one": "page-view"}
	if diff := cmp.Diff(want, f.Responses); diff != "" {
		t.Error(diff)
	}
}

func TestWarnings(t *testing.T) {
	for _, id := range []string{"data.hash", "data.mask"} {
		f := nodetest.NewFlow()
		payload(t, id, `{"traits": ["payload@a"]}`, f.Input(t, "payload", ""))
		if len(f.Logged) != 1 || !strings.HasPrefix(f.Logged[0], "WARN payload@a is not there") {
			t.Errorf("%s: %v", id, f.Logged)
		}
	}
}

func TestSettingsThatDontFit(t *testing.T) {
	for _, test := range []struct{ id, config, want string }{
		{"data.copy", `{"traits": {"set": {"flow@name": 1}}}`, "can only be read"},
		{"data.append", `{"append": {"flow@name": 1}}`, "append"},
		{"data.append", `{"remove": {"flow@name": 1}}`, "remove"},
		{"data.delete", `{"delete": ["flow@name"]}`, "can't be changed"},
		{"data.delete", `{"delete": []}`, "required"},
		{"data.hash", `{"traits": [""]}`, "can't be changed"},
		{"data.hash", `{"traits": ["payload@a"], "func": "crc"}`, "func"},
		{"data.mapping", `{"value": "a", "mapping": {"a": 1, "A": 2}}`, "twice"},
		{"data.mapping", `{"value": "a", "mapping": {"event@a..b": 1}}`, "mapping"},
		{"data.calculate", `{"calc_dsl": "1 +"}`, "calc_dsl"},
		{"data.merge-properties", `{"sub_traits": "a..b"}`, "sub_traits"},
		{"data.encode-base64", `{"source": "a", "source_encoding": "klingon"}`, "source_encoding"},
		{"data.decode-base64", `{"source": "a", "target_encoding": "klingon"}`, "target_encoding"},
		{"data.password", `{"min_length": 20}`, "min_length"},
		{"data.password", `{"uppercase": 20}`, "max_length"},
		{"data.increment", `{}`, "required"},
	} {
		if _, err := node.Lookup(test.id).Configure([]byte(test.config)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s: got %v, want %q", test.id, test.config, err, test.want)
		}
	}
}
