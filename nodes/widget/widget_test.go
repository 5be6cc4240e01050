package widget_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/widget"
)

var update = flag.Bool("update", false, "write the golden files")

func TestNodes(t *testing.T) { nodetest.Group(t, "widget", nil) }

func shown(t *testing.T, f *nodetest.Flow, id, config, payload string) string {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(t.Context(), f.Input(t, "payload", payload)); err != nil {
		t.Fatal(err)
	}
	var text []byte
	for _, element := range f.Shown {
		text = append(tracardi.AppendValue(text, element), '\n')
	}
	return string(text)
}

// TestElements compares what the first example of every widget shows with a golden file: one element a line.
func TestElements(t *testing.T) {
	for _, typ := range node.Types() {
		if typ.Group.ID != "widget" {
			continue
		}
		t.Run(typ.ID, func(t *testing.T) {
			example := typ.Examples[0]
			f := nodetest.NewFlow()
			f.Over(t, "profile", example.Profile)
			got := shown(t, f, typ.FullID(), example.Config, example.Payload)
			golden := filepath.Join("testdata", typ.ID+".jsonl")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// Settings and data never become code of the page.
func TestNothingBecomesCode(t *testing.T) {
	const evil = `'</script><script>alert(1)//"+alert(1)+"`
	for id, config := range map[string]string{
		"widget.chatwoot":   `{"license": EVIL}`,
		"widget.intercom":   `{"app_id": EVIL}`,
		"widget.livechat":   `{"license": EVIL}`,
		"widget.openreplay": `{"token": EVIL}`,
		"widget.demo-form":  `{"event_type": EVIL}`,
	} {
		quoted := string(tracardi.AppendText(nil, evil))
		f := nodetest.NewFlow()
		shown(t, f, id, strings.ReplaceAll(config, "EVIL", quoted), "")
		for _, element := range f.Shown {
			if code, _ := element["content"].(string); strings.Contains(code, "</script>") || strings.Contains(code, `"+alert`) && !strings.Contains(code, `\"+alert`) {
				t.Errorf("%s: %s", id, code)
			}
		}
	}
}

func TestConsentBarIsShownOnlyToThoseWhoShouldSeeIt(t *testing.T) {
	for _, test := range []struct {
		config, consents string
		want             bool
	}{
		{`"enabled": false`, `{}`, false},
		{`"always_display": false`, `{}`, true},
		{`"always_display": false`, `{"mail": {}}`, false},
		{`"always_display": true`, `{"mail": {}}`, true},
	} {
		f := nodetest.NewFlow()
		f.Over(t, "profile", `{"consents": `+test.consents+`}`)
		got := shown(t, f, "widget.consent", `{"endpoint": "https://a.example", "uix_source": "https://a.example", `+test.config+`}`, "")
		if (got != "") != test.want {
			t.Errorf("%s with %s: %s", test.config, test.consents, got)
		}
	}
}

func TestSettingsThatDontFit(t *testing.T) {
	for _, test := range []struct{ id, config, want string }{
		{"widget.consent", `{"endpoint": "cdp.example", "uix_source": "https://a.example"}`, "endpoint"},
		{"widget.custom", `{"uix_source": "https://a.example/widget"}`, ".js"},
		{"widget.custom", `{"uix_source": "javascript:a.js"}`, "uix_source"},
		{"widget.contact", `{"content": "a", "api_url": "https://a.example", "uix_source": "/x"}`, "uix_source"},
		{"widget.question", `{"popup_title": "a", "content": "b", "api_url": "https://a.example", "uix_source": "https://a.example", "popup_lifetime": "long"}`, "popup_lifetime"},
		{"widget.rating", `{"title": "a", "api_url": "https://a.example", "lifetime": "-1"}`, "lifetime"},
		{"widget.rating", `{"title": "a", "api_url": "https://a.example", "uix_source": "a"}`, "uix_source"},
		{"widget.cta", `{"uix_mf_source": "a"}`, "uix_mf_source"},
		{"widget.snackbar", `{"uix_mf_source": "a", "message": "b"}`, "uix_mf_source"},
		{"widget.zendesk", `{"script_url": "javascript:1"}`, "script_url"},
		{"widget.chatwoot", `{"license": "a", "url": "b"}`, "url"},
		{"widget.openreplay", `{"token": "a", "script_url": "b"}`, "script_url"},
		{"widget.demo-form", `{"lifetime": "x"}`, "lifetime"},
	} {
		if _, err := node.Lookup(test.id).Configure([]byte(test.config)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s: got %v, want %q", test.id, test.config, err, test.want)
		}
	}
}
