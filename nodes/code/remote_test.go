package code_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// scores answers as a remote program: it adds a score to the payload, says what its settings say, or refuses.
func scores(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Payload  map[string]any `json:"payload"`
			Event    struct{ Type string }
			Profile  struct{ ID string }
			Now      string
			Settings map[string]any
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		if r.Method != "POST" || r.URL.Path != "/score" || r.Header.Get("X-Test-Host") != "nodes.example" ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer open sesame" {
			t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
		}
		if asked.Event.Type != "page-view" || asked.Profile.ID != "profile-1" || asked.Now != "2026-03-02T10:30:00.000000Z" {
			t.Errorf("asked %+v", asked)
		}
		switch say := asked.Settings["say"].(type) {
		case bool:
			fmt.Fprintf(w, `{"port": "%t", "logs": ["said so"]}`, say)
		case string:
			http.Error(w, say+" such model", http.StatusUnprocessableEntity)
		default:
			asked.Payload["score"] = 7
			_ = json.NewEncoder(w).Encode(map[string]any{"port": "payload", "payload": asked.Payload})
		}
	}
}

// withProgram gives the examples the program that they ask.
func withProgram(t *testing.T, typ *node.Type, f *nodetest.Flow) {
	if typ.ID == "remote" {
		f.Resources["scores"] = map[string]any{"url": "https://nodes.example/score", "token": "open sesame"}
		f.Server(t, scores(t))
	}
}

func TestAnswersOfRemotePrograms(t *testing.T) {
	f := func(status int, body, want string) {
		t.Helper()
		n, err := node.Lookup("code.remote").Configure([]byte(`{"resource": "p", "milliseconds": 30000}`))
		if err != nil {
			t.Fatal(err)
		}
		flow := nodetest.NewFlow()
		flow.Resources["p"] = map[string]any{"url": "http://nodes.example/"}
		flow.Server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
		out, err := n.Run(t.Context(), flow.Input(t, "payload", ""))
		if got := fmt.Sprint(out.Results, " ", err); !strings.Contains(got, want) {
			t.Errorf("%d %.60s: got %s, want %q", status, body, got, want)
		}
	}
	f(200, `{}`, "[] <nil>")
	f(200, `{"port": "error", "payload": {"message": "m"}}`, "[{error map[message:m]}] <nil>")
	f(200, `{"port": "elsewhere"}`, `the port "elsewhere"`)
	f(200, `not json`, "cannot be read")
	f(200, `{"port": "payload", "payload": {"a": "`+strings.Repeat("x", 1<<20)+`"}}`, "larger than 1048576")
	f(500, `oh`, "answered 500 Internal Server Error: oh")
	f(200, `{"port": "true", "changes": [["profile@traits.a", 1], ["flow@id", 2]]}`, "change 2 of the program")
}

// TestLostAnswerOfRemoteProgram hangs up on a question that was read, and refuses one: of the first nobody knows whether the program
// did what it was asked for, so that it is not asked again, and the second did nothing.
func TestLostAnswerOfRemoteProgram(t *testing.T) {
	n, err := node.Lookup("code.remote").Configure([]byte(`{"resource": "p", "milliseconds": 30000}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		unknown bool
	}{
		"hung up": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			connection, _, _ := http.NewResponseController(w).Hijack()
			_ = connection.Close()
		}, true},
		"broken off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, true},
		"busy": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, false},
	} {
		flow := nodetest.NewFlow()
		flow.Resources["p"] = map[string]any{"url": "http://nodes.example/"}
		flow.Server(t, c.answer)
		_, err := n.Run(t.Context(), flow.Input(t, "payload", ""))
		if tracardi.KindOf(err) != tracardi.Unavailable || node.IsUnknown(err) != c.unknown {
			t.Errorf("%s: %v of kind %v; unknown: %v, want %v", name, err, tracardi.KindOf(err), node.IsUnknown(err), c.unknown)
		}
	}
}

func TestProgramNeedsAnAddress(t *testing.T) {
	for _, address := range []string{"", "nodes.example", "ftp://nodes.example/", "https://"} {
		if _, err := node.LookupResource("program").Configure([]byte(`{"url": "` + address + `"}`)); err == nil || !strings.Contains(err.Error(), "url: ") {
			t.Errorf("%q: got %v", address, err)
		}
	}
}
