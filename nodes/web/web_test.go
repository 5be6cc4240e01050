package web_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/web"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestNodes(t *testing.T) {
	nodetest.Group(t, "web", func(t *testing.T, _ *node.Type, f *nodetest.Flow) {
		f.Resources["shop"] = map[string]any{"url": "https://api.example.com/v1/"}
		f.Resources["tokens"] = map[string]any{"url": "https://login.example.com/token", "username": "me", "password": "pw"}
		f.Resources["hook"] = map[string]any{"url": "https://hook.example.com/", "secret": secret}
		f.Resources["gone"] = map[string]any{"url": "https://hook.example.com/nobody", "secret": secret}
		f.Server(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/nobody"):
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, "nobody")
			case strings.HasSuffix(r.URL.Path, "/broken"):
				w.WriteHeader(http.StatusServiceUnavailable)
			case r.URL.Path == "/page":
				_, _ = io.WriteString(w, "<h1>Hi</h1>")
			case r.URL.Path == "/token":
				_, _ = io.WriteString(w, `{"access_token": "abc", "token_type": "bearer"}`)
			default:
				if r.Header.Get("X-Test-Host") == "api.example.com" {
					w.Header().Set("Set-Cookie", "visit=7; Path=/")
				}
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, `{"taken": true}`)
			}
		})
	})
}

// sent is a request that arrived.
type sent struct {
	method, url, body string
	header            http.Header
}

// send runs a node and returns what it asked for and how it went on.
func send(t *testing.T, f *nodetest.Flow, id, config, payload string) (sent, node.Output) {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	var got sent
	f.Server(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = sent{r.Method, "https://" + r.Header.Get("X-Test-Host") + r.URL.RequestURI(), string(body), r.Header}
		_, _ = io.WriteString(w, `{"access_token": "abc"}`)
	})
	out, err := n.Run(t.Context(), f.Input(t, "payload", payload))
	if err != nil {
		t.Fatal(err)
	}
	return got, out
}

// has compares headers.
func (s sent) has(t *testing.T, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := strings.Join(s.header.Values(name), ", "); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
}

func TestCallSends(t *testing.T) {
	for name, c := range map[string]struct {
		resource, config  string
		method, url, body string
		header            map[string]string
	}{
		"json with places": {
			`{"url": "https://api.example.com/v1", "username": "me", "password": "pw", "headers": {"X-Tenant": "t1"}}`,
			`{"endpoint": "/people/{{payload@name}}", "body": {"type": "application/json", "content": "{\"who\": \"profile@id\", \"n\": 1, \"gone\": \"payload@gone\"}"},
				"headers": {"X-Event": "event@type"}, "cookies": {"visit": "payload@visit"}}`,
			"POST", "https://api.example.com/v1/people/a%2F..%3Fb%23c%20d%26e", `{"gone":null,"n":1,"who":"profile-1"}`,
			map[string]string{"Content-Type": "application/json", "X-Event": "page-view", "X-Tenant": "t1", "Cookie": "visit=v7", "Authorization": "Basic bWU6cHc="},
		},
		"a get": {
			`{"url": "https://api.example.com", "key": "k1"}`,
			`{"method": "get", "endpoint": "find?x={{payload@name}}", "body": {"type": "application/json", "content": "{\"a\": {\"b\": [1, \"x\"]}, \"c\": \"payload@gone\"}"}}`,
			"GET", "https://api.example.com/find?a.b=1&a.b=x&x=a%2F..%3Fb%23c+d%26e", "",
			map[string]string{"X-Api-Key": "k1", "Content-Type": "", "Authorization": ""},
		},
		"a form": {
			`{"url": "https://api.example.com", "key": "k1", "key_header": "Api-Token", "token": "tok"}`,
			`{"method": "put", "body": {"type": "application/x-www-form-urlencoded", "content": "{\"who\": \"profile@id\"}"}}`,
			"PUT", "https://api.example.com/", "who=profile-1",
			map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Api-Token": "k1", "Authorization": "Bearer tok"},
		},
		"a text": {
			`{"url": "https://api.example.com/x"}`,
			`{"body": {"type": "text/xml", "content": "<who>{{profile@id}}</who>"}}`,
			"POST", "https://api.example.com/x", "<who>profile-1</who>",
			map[string]string{"Content-Type": "text/xml"},
		},
		"no body": {
			`{"url": "https://api.example.com/x"}`, `{"method": "delete", "body": {"type": "application/json", "content": ""}}`,
			"DELETE", "https://api.example.com/x", "",
			map[string]string{"Content-Type": ""},
		},
		"an endpoint that would name another system": {
			`{"url": "https://api.example.com"}`, `{"method": "get", "endpoint": ".evil.example/x", "body": {"type": "", "content": ""}}`,
			"GET", "https://api.example.com/.evil.example/x", "", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := nodetest.NewFlow()
			f.Resources["api"] = json.RawMessage(c.resource)
			config := strings.Replace(c.config, "{", `{"source": {"id": "api", "name": "API"}, `, 1)
			got, out := send(t, f, "web.call", config, `{"name": "a/..?b#c d&e", "visit": "v7"}`)
			if got.method != c.method || got.url != c.url || got.body != c.body {
				t.Errorf("sent %s %s %s", got.method, got.url, got.body)
			}
			got.has(t, c.header)
			if out.Results[0].Port != "response" {
				t.Errorf("goes on with %v", out)
			}
		})
	}
}

func TestCallLogs(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["api"] = map[string]any{"url": "https://api.example.com"}
	send(t, f, "web.call", `{"source": "api", "endpoint": "/x", "log": true}`, "")
	if diff := cmp.Diff([]string{"INFO POST /x of api answered 200"}, f.Logged); diff != "" {
		t.Error(diff)
	}
}

// TestCallRefuses looks at what is not sent.
func TestCallRefuses(t *testing.T) {
	for config, message := range map[string]string{
		`{"source": "api", "headers": {"X": "payload@evil"}}`:                                                                        "headers.X: must be one line",
		`{"source": "api", "set_default_null": false, "body": {"type": "application/json", "content": "{\"a\": \"payload@gone\"}"}}`: "payload@gone is missing",
		`{"source": "api", "method": "get", "body": {"type": "application/json", "content": "[1]"}}`:                                 "made of an object",
		`{"source": "api", "body": {"type": "text/plain", "content": "{{payload@gone}}"}}`:                                           "payload@gone",
		`{"source": "api", "max_bytes": 10}`:                                                                                         "larger than 10 bytes",
	} {
		f := nodetest.NewFlow()
		f.Resources["api"] = map[string]any{"url": "https://api.example.com"}
		f.Server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("a", 11)) })
		n, err := node.Lookup("web.call").Configure([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Run(t.Context(), f.Input(t, "payload", `{"evil": "a\r\nHost: b"}`)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v, want %q", config, err, message)
		}
	}
}

// TestSettings looks at what can't be published.
func TestSettings(t *testing.T) {
	for id, cases := range map[string]map[string]string{
		"web.call": {
			`{"source": "api", "body": {"type": "application/json", "content": "{"}}`: "body: the content is no JSON",
			`{"source": "api", "method": "steal"}`:                                    "method:",
			`{"source": "api", "timeout": 31}`:                                        "timeout:",
			`{}`:                                                                      "source: is required",
		},
		"web.fetch": {
			`{"url": "https://{{event@properties.host}}/"}`: "url: the name of the system",
			`{"url": "{{event@properties.url}}"}`:           "url: must begin with https://",
			`{"url": "file:///etc/passwd"}`:                 "url: must begin with https://",
		},
		"web.zapier": {`{"url": "hooks.zapier.com"}`: "url: must begin with https://"},
	} {
		for config, message := range cases {
			if _, err := node.Lookup(id).Configure([]byte(config)); err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%s %s: %v, want %q", id, config, err, message)
			}
		}
	}
	for settings, message := range map[string]string{
		`{"url": "https://example.com", "secret": "no secret"}`: "secret: must be whsec_",
		`{"url": "example.com", "secret": "` + secret + `"}`:    "url: must begin with https://",
	} {
		if _, err := node.LookupResource("webhook").Configure([]byte(settings)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v, want %q", settings, err, message)
		}
	}
}

// TestOriginalsCalls runs nodes with settings of the original.
func TestOriginalsCalls(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["1"] = map[string]any{"url": "https://api.example.com"}
	call := imported(t, "connectors.api_call.plugin", "RemoteCallAction", `{"method": "post", "source": {"id": "1", "name": "Shop"}, "endpoint": "/a",
		"set_default_null": true, "timeout": 30, "headers": {}, "cookies": {}, "ssl_check": true, "body": {"type": "application/json", "content": "{\"a\": 1}"}, "log": null}`)
	if got, _ := send(t, f, "web.call", call, ""); got.url != "https://api.example.com/a" || got.body != `{"a":1}` {
		t.Errorf("sent %v", got)
	}
	fetch := imported(t, "connectors.html.fetch.plugin", "HtmlPageFetchAction",
		`{"method": "post", "url": "https://shop.example.com", "timeout": 30, "headers": {"A": "b"}, "cookies": {"c": "d"}, "ssl_check": true, "body": "who={{event@type}}"}`)
	got, _ := send(t, f, "web.fetch", fetch, "")
	if got.method != "POST" || got.url != "https://shop.example.com/" || got.body != "who=page-view" {
		t.Errorf("sent %v", got)
	}
	got.has(t, map[string]string{"A": "b", "Cookie": "c=d"})
	zapier := imported(t, "connectors.zapier.webhook.plugin", "ZapierWebHookAction", `{"url": "https://hooks.zapier.com/1", "body": "{\"a\": \"event@type\"}", "timeout": 10}`)
	if got, _ := send(t, f, "web.zapier", zapier, ""); got.method != "POST" || got.url != "https://hooks.zapier.com/1" || got.body != `{"a":"page-view"}` {
		t.Errorf("sent %v", got)
	}
}

func imported(t *testing.T, module, class, old string) string {
	t.Helper()
	var settings map[string]any
	if err := json.Unmarshal([]byte(old), &settings); err != nil {
		t.Fatal(err)
	}
	_, config, ok, err := node.Import("tracardi.process_engine.action.v1."+module, class, settings)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	return string(config)
}

func TestToken(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["login"] = map[string]any{"url": "https://login.example.com/token", "username": "me", "password": "p:w&"}
	got, _ := send(t, f, "web.oauth2-token", `{"source": "login", "destination": "profile@traits.token"}`, "")
	if got.method != "POST" || got.body != "grant_type=password&password=p%3Aw%26&username=me" {
		t.Errorf("sent %v", got)
	}
	if token, _ := tracardi.Dig(f.Documents["profile"], "traits", "token", "access_token"); token != "abc" {
		t.Errorf("token %v", token)
	}
	got, _ = send(t, f, "web.oauth2-token", `{"source": "login", "destination": "payload@token", "grant": "client_credentials"}`, "")
	if got.body != "grant_type=client_credentials" {
		t.Errorf("sent %v", got)
	}
	got.has(t, map[string]string{"Authorization": "Basic bWU6cCUzQXclMjY=", "Content-Type": "application/x-www-form-urlencoded"})

	f.Server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"error": "later"}`)) })
	n, _ := node.Lookup("web.oauth2-token").Configure([]byte(`{"source": "login", "destination": "payload@token"}`))
	if _, err := n.Run(t.Context(), f.Input(t, "payload", "")); err == nil || !strings.Contains(err.Error(), "gave no access_token") {
		t.Errorf("an answer without token gives %v", err)
	}
}

// TestConnectionOfAPI tests the resource.
func TestConnectionOfAPI(t *testing.T) {
	for status, message := range map[int]string{200: "", 404: "", 401: "refuses the account", 403: "refuses the account"} {
		f := nodetest.NewFlow()
		f.Server(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.Header.Get("Authorization") != "Bearer tok" {
				t.Errorf("asks with %s %v", r.Method, r.Header)
			}
			w.WriteHeader(status)
		})
		api, err := node.LookupResource("api").Configure([]byte(`{"url": "https://api.example.com", "token": "tok"}`))
		if err != nil {
			t.Fatal(err)
		}
		err = api.(node.ConnectionTester).TestConnection(t.Context(), f)
		if (err == nil) != (message == "") || err != nil && !strings.Contains(err.Error(), message) {
			t.Errorf("%d gives %v", status, err)
		}
	}
}

// TestCallsThatMayBeRepeated looks at which calls of an API may be made again when nobody knows how they ended.
func TestCallsThatMayBeRepeated(t *testing.T) {
	for config, want := range map[string]bool{
		`{"source": "shop"}`:                                             false,
		`{"source": "shop", "method": "patch"}`:                          false,
		`{"source": "shop", "method": "get"}`:                            true,
		`{"source": "shop", "method": "put"}`:                            true,
		`{"source": "shop", "headers": {"idempotency-key": "event@id"}}`: true,
	} {
		n, err := node.Lookup("web.call").Configure([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		if got := n.(node.Repeater).Repeatable(); got != want {
			t.Errorf("%s: %v, want %v", config, got, want)
		}
	}
}
