package call_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// TestRequest looks at what arrives.
func TestRequest(t *testing.T) {
	for name, c := range map[string]struct {
		request call.Request
		want    string // method, path and query, interesting headers, body
	}{
		"nothing": {call.Request{}, "GET /a?b=c"},
		"json":    {call.Request{JSON: map[string]any{"x": 1}}, `POST /a?b=c Content-Type:application/json {"x":1}`},
		"another type": {
			call.Request{Method: "PUT", JSON: []int{1}, Type: "application/vnd.api+json"},
			`PUT /a?b=c Content-Type:application/vnd.api+json [1]`,
		},
		"form":   {call.Request{Form: url.Values{"x": {"a b", "ü&"}}}, "POST /a?b=c Content-Type:application/x-www-form-urlencoded x=a+b&x=%C3%BC%26"},
		"text":   {call.Request{Body: []byte("hi"), Type: "text/plain"}, "POST /a?b=c Content-Type:text/plain hi"},
		"delete": {call.Request{Method: "DELETE"}, "DELETE /a?b=c"},
		"query":  {call.Request{Query: url.Values{"b": {"d"}, "e": {"f g"}}}, "GET /a?b=c&b=d&e=f+g"},
		"basic":  {call.Request{User: "me", Password: "pw"}, "GET /a?b=c Authorization:Basic bWU6cHc="},
		"bearer": {call.Request{Bearer: "tok"}, "GET /a?b=c Authorization:Bearer tok"},
		"header": {
			call.Request{Header: map[string]string{"X-Key": "k", "Content-Type": "text/csv"}, Cookies: map[string]string{"a": "1"}},
			"GET /a?b=c Content-Type:text/csv X-Key:k Cookie:a=1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := nodetest.NewFlow()
			got := ""
			f.Server(t, func(w http.ResponseWriter, r *http.Request) { got = written(r) })
			c.request.URL = "https://example.com/a?b=c"
			if _, err := c.request.Do(t.Context(), f.Input(t, "", "")); err != nil || got != c.want {
				t.Errorf("sent %s (%v), want %s", got, err, c.want)
			}
		})
	}
}

func written(r *http.Request) string {
	parts := []string{r.Method, r.URL.RequestURI()}
	for _, name := range []string{"Content-Type", "X-Key", "Cookie", "Authorization"} {
		if value := r.Header.Get(name); value != "" {
			parts = append(parts, name+":"+value)
		}
	}
	if body, _ := io.ReadAll(r.Body); len(body) > 0 {
		parts = append(parts, string(body))
	}
	return strings.Join(parts, " ")
}

// TestAnswers looks at how a flow goes on.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		port    string // empty for an error
		payload map[string]any
		kind    tracardi.Kind
		message string
	}{
		"json":       {status: 200, body: `{"a": [1]}`, port: "response", payload: map[string]any{"status": 200, "content": map[string]any{"a": []any{1.0}}}},
		"text":       {status: 202, body: "fine", port: "response", payload: map[string]any{"status": 202, "content": "fine"}},
		"binary":     {status: 200, body: "a\xffb", port: "response", payload: map[string]any{"status": 200, "content": "a\uFFFDb"}},
		"no content": {status: 204, port: "response", payload: map[string]any{"status": 204, "content": nil}},
		"refused": {
			status: 403, body: `{"no": true}`, port: "error",
			payload: map[string]any{"status": 403, "content": map[string]any{"no": true}, "message": `System answered 403 Forbidden: {"no": true}`},
		},
		"too many":  {status: 429, kind: tracardi.RateLimited, message: "System answered 429 Too Many Requests"},
		"broken":    {status: 503, body: strings.Repeat("ä", 200), kind: tracardi.Unavailable, message: "503 Service Unavailable: " + strings.Repeat("ä", 150) + "…"},
		"too large": {status: 200, body: strings.Repeat("a", 2000), kind: tracardi.TooLarge, message: "larger than 1000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			f := nodetest.NewFlow()
			f.Server(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			out, err := call.Request{System: "System", URL: "http://example.com", Bytes: 1000}.Output(t.Context(), f.Input(t, "", ""), "response")
			if c.port == "" {
				if err == nil || tracardi.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.message) {
					t.Errorf("error %v of kind %v, want %v with %q", err, tracardi.KindOf(err), c.kind, c.message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]node.Result{{Port: c.port, Payload: c.payload}}, out.Results); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReply looks at payloads that are the answer itself.
func TestReply(t *testing.T) {
	for body, want := range map[string]node.Result{
		`{"id": 7}`: {Port: "response", Payload: map[string]any{"id": 7.0}},
		`[1]`:       {Port: "response", Payload: map[string]any{"content": []any{1.0}}},
		``:          {Port: "response", Payload: map[string]any{"content": nil}},
		`no`:        {Port: "error", Payload: map[string]any{"message": "System answered 400 Bad Request: no", "status": 400, "content": "no"}},
	} {
		f := nodetest.NewFlow()
		f.Server(t, func(w http.ResponseWriter, _ *http.Request) {
			if body == "no" {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = io.WriteString(w, body)
		})
		out, err := call.Request{System: "System", URL: "http://example.com"}.Reply(t.Context(), f.Input(t, "", ""), "response")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]node.Result{want}, out.Results); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

// TestSecretsOfURLsStaySecret looks at the errors of calls that fail.
func TestSecretsOfURLsStaySecret(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:1/bot-geheim", "https://user:geheim@127.0.0.1:1/", "http://[geheim", "gopher://geheim/"} {
		_, err := call.Request{System: "System", URL: address}.Do(t.Context(), nodetest.NewFlow().Input(t, "", ""))
		if err == nil || strings.Contains(fmt.Sprint(err), "geheim") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestLostAnswers loses answers: nobody knows what the system did, unless a second request does no harm.
func TestLostAnswers(t *testing.T) {
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		connection, _, _ := http.NewResponseController(w).Hijack()
		_ = connection.Close()
	}
	breakOff := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	}
	refuse := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusForbidden)
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }
	busy := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	post := call.Request{JSON: 1}
	for name, c := range map[string]struct {
		request call.Request
		answer  http.HandlerFunc // nil when nobody listens
		unknown bool
	}{
		"hung up after a POST":    {post, hangUp, true},
		"hung up after a PATCH":   {call.Request{Method: "PATCH", JSON: 1}, hangUp, true},
		"hung up after a GET":     {call.Request{}, hangUp, false},
		"hung up after a PUT":     {call.Request{Method: "PUT", JSON: 1}, hangUp, false},
		"a POST with a key":       {call.Request{JSON: 1, Header: map[string]string{"idempotency-key": "7"}}, hangUp, false},
		"broken off":              {post, breakOff, true},
		"a refusal broken off":    {post, refuse, false},
		"no answer in time":       {call.Request{JSON: 1, Timeout: time.Second}, hang, true},
		"an answer that it broke": {post, busy, false},
		"nobody there":            {post, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := nodetest.NewFlow()
			c.request.System, c.request.URL = "System", "http://127.0.0.1:1/"
			if c.answer != nil {
				f.Server(t, c.answer)
			}
			_, err := c.request.Do(t.Context(), f.Input(t, "", ""))
			if tracardi.KindOf(err) != tracardi.Unavailable || node.IsUnknown(err) != c.unknown {
				t.Errorf("%v of kind %v; unknown: %v, want %v", err, tracardi.KindOf(err), node.IsUnknown(err), c.unknown)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	f := nodetest.NewFlow()
	f.Server(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := call.Request{System: "System", URL: "http://example.com", Timeout: 20 * time.Millisecond}.Do(context.Background(), f.Input(t, "", ""))
	if tracardi.KindOf(err) != tracardi.Unavailable || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("got %v", err)
	}
}
