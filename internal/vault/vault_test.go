package vault_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/vault"
	"github.com/tracardi/tracardi-go/node"
)

func open(t *testing.T, secret string) *vault.Vault {
	t.Helper()
	v, err := vault.New([]byte(strings.Repeat(secret, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealedTextOpensInItsPlaceOnly(t *testing.T) {
	v := open(t, "a")
	sealed := v.Seal("here", "secret text")
	if strings.Contains(sealed, "secret") || sealed == v.Seal("here", "secret text") {
		t.Errorf("two seals of one text are the same, or show it: %s", sealed)
	}
	if got, err := v.Open("here", sealed); got != "secret text" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	for name, try := range map[string]func() (string, error){
		"another place":  func() (string, error) { return v.Open("there", sealed) },
		"another secret": func() (string, error) { return open(t, "b").Open("here", sealed) },
		"changed":        func() (string, error) { return v.Open("here", sealed[:len(sealed)-2]+"AA") },
		"plain":          func() (string, error) { return v.Open("here", "secret text") },
		"empty":          func() (string, error) { return v.Open("here", "") },
		"short":          func() (string, error) { return v.Open("here", "aes256gcm:AAAA") },
	} {
		if got, err := try(); err == nil || got != "" || !strings.Contains(err.Error(), "enter it again") {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "trial", Name: "Trial", Icon: "test-pipe", Doc: "A system that is not there.",
		New: func() any { return &trial{Port: 25} },
	})
}

type trial struct {
	Host     string `json:"host" title:"Host" help:"Where it is." address:"true" required:"true"`
	Port     int    `json:"port" title:"Port" help:"Its port." max:"65535"`
	User     string `json:"user" title:"User" help:"Who."`
	Password string `json:"password" title:"Password" help:"Its password." secret:"true"`
}

// TestConnection implements node.ConnectionTester.
func (r *trial) TestConnection(context.Context, node.Network) error {
	if r.Password != "right" {
		return errors.New("the password is wrong")
	}
	return nil
}

func TestResource(t *testing.T) {
	v := open(t, "a")
	first := &tracardi.Resource{ID: "r1", Type: "trial", Enabled: true}
	accept := func(resource, old *tracardi.Resource, settings map[string]any) error {
		t.Helper()
		return v.Accept("default", resource, old, settings)
	}
	if err := accept(first, nil, map[string]any{"host": "a.example", "password": "right"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"host": "a.example"}, first.Settings); diff != "" || strings.Contains(first.Secrets["password"], "right") {
		t.Errorf("%s %v", diff, first.Secrets)
	}
	if err := v.Test(t.Context(), "default", first, nil); err != nil {
		t.Error(err)
	}
	kept := &tracardi.Resource{ID: "r1", Type: "trial"}
	if err := accept(kept, first, map[string]any{"host": "a.example", "user": "u"}); err != nil {
		t.Fatal(err)
	}
	if text, err := v.Reveal("default", kept); string(text) != `{"host":"a.example","password":"right","user":"u"}` || err != nil {
		t.Errorf("got %s, %v", text, err)
	}
	if _, err := v.Reveal("other", kept); err == nil {
		t.Error("the secret opens for another tenant")
	}
	if err := accept(kept, first, map[string]any{"host": "evil.example"}); err == nil || !strings.Contains(err.Error(), "settings.password: enter it again: host has changed") {
		t.Errorf("the secret went to another host: %v", err)
	}
	removed := &tracardi.Resource{ID: "r1", Type: "trial"}
	if err := accept(removed, first, map[string]any{"host": "a.example", "password": ""}); err != nil || len(removed.Secrets) != 0 {
		t.Errorf("%v %v", err, removed.Secrets)
	}
	if err := v.Test(t.Context(), "default", removed, nil); err == nil || err.Error() != "the password is wrong" {
		t.Errorf("got %v", err)
	}
	err := accept(&tracardi.Resource{ID: "r1", Type: "trial"}, nil, map[string]any{"port": 70000, "nothing": 1})
	for _, want := range []string{"settings.host: is required", "settings.port: ", "settings.nothing: there is no such setting"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if err := accept(&tracardi.Resource{Type: "unheard"}, nil, nil); err == nil || !strings.Contains(err.Error(), "trial") {
		t.Errorf("got %v", err)
	}
}
