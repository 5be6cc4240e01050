package segment_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tracardi/tracardi-go/storage"
)

func squeezed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // into memory
	_ = w.Close()
	return b.String()
}

// bomb is much that was squeezed into little, which takes longer than to refuse it.
var bomb = sync.OnceValue(func() string { return squeezed(strings.Repeat(" ", 20<<20)) })

func TestBadClients(t *testing.T) {
	e := newEdge(t)
	good := `{"type":"track","userId":"7","event":"Good"}`
	big := func(n int) string {
		return `{"type":"track","userId":"7","event":"Big","properties":{"x":"` + strings.Repeat("x", n) + `"}}`
	}
	deep := `{"type":"track","userId":"7","event":"Deep","properties":{"x":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}}`
	for _, c := range []struct {
		name, path, key, body string
		headers               []string
		status                int
		says                  string
	}{
		{"no key", "/v1/track", "", good, nil, 401, "writeKey: is missing"},
		{"wrong key", "/v1/track", "wrong", good, nil, 401, "writeKey: there is no event source"},
		{"wrong key in the body", "/v1/track", "", `{"writeKey":"wrong"}`, nil, 401, "writeKey"},
		{"disabled", "/v1/track", "closed-key", good, nil, 401, "disabled"},
		{"a source of another kind", "/v1/track", "rest-key", good, nil, 401, "takes events as"},
		{"wrong origin", "/v1/track", "page-key", good, []string{"Origin", "https://bad.example"}, 403, "Origin"},
		{"nothing", "/v1/track", "key", ``, nil, 400, "no valid JSON"},
		{"broken", "/v1/batch", "key", `{"batch":[` + good + `,{"type":`, nil, 400, "no valid JSON"},
		{"a list", "/v1/track", "key", `[]`, nil, 400, "must be an object"},
		{"rest behind the end", "/v1/track", "key", good + ` x`, nil, 400, "no valid JSON"},
		{"33 kB", "/v1/track", "key", big(33 << 10), nil, 413, "32768"},
		{"33 kB in a batch", "/v1/batch", "key", `{"batch":[` + big(33<<10) + `]}`, nil, 413, "batch[0]: is larger than 32768"},
		{"501 kB", "/v1/batch", "key", `{"batch":[` + strings.Repeat(big(30<<10)+",", 17) + good + `]}`, nil, 413, "512000"},
		{"gzip bomb", "/v1/batch", "key", bomb(), []string{"Content-Encoding", "gzip"}, 413, "after decompression"},
		{"no gzip", "/v1/batch", "key", good, []string{"Content-Encoding", "gzip"}, 400, "could not be read"},
		{"deep", "/v1/track", "key", deep, nil, 413, "nested deeper"},
		{"very deep", "/v1/track", "key", strings.Repeat(`{"a":`, 30000), nil, 400, ""},
		{"unknown type", "/v1/batch", "key", `{"batch":[{"type":"dance","userId":"7"}]}`, nil, 400, "batch[0].type"},
		{"nobody", "/v1/track", "key", `{"event":"x"}`, nil, 400, "userId: is missing"},
		{"no event", "/v1/track", "key", `{"userId":"7"}`, nil, 400, "event: is missing"},
		{"an object for an id", "/v1/track", "key", `{"userId":{},"event":"x"}`, nil, 400, "userId: must be a text or a number"},
		{"a text for properties", "/v1/track", "key", `{"userId":"7","event":"x","properties":"y"}`, nil, 400, "properties"},
		{"half a letter", "/v1/track", "key", `{"userId":"7","event":"x","properties":{"a":"\ud83d"}}`, nil, 400, ""},
		{"no group", "/v1/group", "key", `{"userId":"7"}`, nil, 400, "groupId"},
		{"no former id", "/v1/alias", "key", `{"userId":"7"}`, nil, 400, "previousId"},
		{"merge of one", "/v1/merge", "key", `{"mergeProperties":[{"type":"email","value":"x"}]}`, nil, 400, "mergeProperties"},
		{"too many", "/v1/batch", "key", `{"batch":[` + strings.Repeat(`0,`, 2500) + `0]}`, nil, 413, "2500"},
		{"unknown pixel", "/pixel/v1/dance?writeKey=key", "", "", nil, 405, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text, _ := e.post(c.path, c.key, c.body, c.headers...)
			if status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%d %s, want %d and %q", status, text, c.status, c.says)
			}
			var answer struct {
				Success       *bool
				Code, Message string
			}
			if status != 405 && (json.Unmarshal([]byte(text), &answer) != nil || answer.Success == nil || *answer.Success || answer.Code == "" || answer.Message == "") {
				t.Errorf("not what clients read: %s", text)
			}
		})
	}
	if events, profiles := e.count(storage.Events, ""), e.count(storage.Profiles, ""); events+profiles != 0 {
		t.Errorf("%d events and %d profiles are stored", events, profiles)
	}
	status, text, _ := e.post("/v1/batch", "key", `{"batch":[{"type":"dance"},`+good+`,`+big(33<<10)+`]}`)
	if status != 200 || !strings.Contains(text, `{"success":true,"rejected":[{"index":0,"field":"type"`) || !strings.Contains(text, `{"index":2,"message":"is larger`) {
		t.Errorf("%d %s", status, text)
	}
	if n := e.count(storage.Events, `type IN ["good", "big"]`); n != 1 {
		t.Errorf("%d events of the batch, want the good one", n)
	}
}

// TestTroubleOfOurs sends a batch while the store is gone, and again to another server with the same store: clients repeat what
// they were not told to be taken.
func TestTroubleOfOurs(t *testing.T) {
	e := newEdge(t)
	batch := func(ids ...string) string {
		var messages []string
		for i, id := range ids {
			messages = append(messages, fmt.Sprintf(`{"type":"track","userId":"u%d","event":"Paid","messageId":%q}`, i%3, id))
		}
		return `{"batch":[` + strings.Join(messages, ",") + `]}`
	}
	e.taken("/v1/batch", batch("m1", "m2", "m3", "m4"))
	e.reopen()
	e.taken("/v1/batch", batch("m1", "m2", "m3", "m4", "m5"))
	if n := e.count(storage.Events, `type = "paid"`); n != 5 {
		t.Errorf("%d events, want 5", n)
	}
	if err := e.store.Close(); err != nil {
		t.Fatal(err)
	}
	status, text, _ := e.post("/v1/batch", "key", batch("m6", "m7"))
	if status != 503 || !strings.Contains(text, `"success":false`) {
		t.Errorf("without a store: %d %s", status, text)
	}
	e.reopen()
	e.taken("/v1/batch", batch("m6", "m7"))
	if n := e.count(storage.Events, `type = "paid"`); n != 7 {
		t.Errorf("%d events, want 7", n)
	}
}

func TestRateLimitAsksToWait(t *testing.T) {
	e := newEdge(t)
	for range 20 {
		status, _, header := e.post("/v1/track", "slow-key", `{"userId":"7","event":"x"}`)
		if status == 429 {
			if header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After %q", header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("no request was refused")
}

// TestEveryRouteRefuses sends what bad clients send to each address that takes messages, with the keys of both kinds of source.
func TestEveryRouteRefuses(t *testing.T) {
	e := newEdge(t)
	message := func(n int) string {
		return `{"type":"track","userId":"7","previousId":"6","groupId":"g","event":"Big","mergeProperties":[{"type":"a","value":1},{"type":"b","value":2}],"properties":{"x":"` +
			strings.Repeat("x", n) + `"},"traits":{"x":"` + strings.Repeat("x", n) + `"}}`
	}
	good := message(1)
	paths := []string{"/v1/track", "/v1/identify", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/merge"}
	for _, letter := range strings.Split("tipsgab", "") {
		paths = append(paths, "/v1/"+letter)
	}
	for _, path := range append(paths, "/v1/batch", "/v1/batch/", "/v1/import", "/beacon/v1/batch") {
		batch := strings.Contains(path, "batch") || path == "/v1/b" || path == "/v1/import"
		body := func(text string) string {
			if batch {
				return `{"batch":[` + text + `]}`
			}
			return text
		}
		refused := func(what string, status int, path, key, body string, headers ...string) {
			t.Helper()
			got, text, _ := e.post(path, key, body, headers...)
			if got != status || !strings.Contains(text, `"success":false`) {
				t.Errorf("%s with %s: %d %s, want %d", path, what, got, text, status)
			}
		}
		for _, key := range []string{"key", "rudder-key"} {
			refused("broken JSON", 400, path, key, body(`{"a":`))
			refused("a list", 400, path, key, `[]`)
			refused("33 kB", 413, path, key, body(message(33<<10)))
			refused("501 kB", 413, path, key, body(message(501<<10)))
			refused("a bomb", 413, path, key, bomb(), "Content-Encoding", "gzip")
			refused("much nesting", 400, path, key, strings.Repeat(`{"a":`, 20_000))
			refused("the year 9999", 400, path, key, body(strings.Replace(good, "{", `{"timestamp":"9999-12-31T23:59:59Z",`, 1)))
			refused("the year 1", 400, path, key, body(strings.Replace(good, "{", `{"originalTimestamp":"0001-01-01T00:00:00Z",`, 1)))
		}
		refused("no key", 401, path, "", body(good))
		refused("a wrong key", 401, path, "wrong", body(good))
		refused("a wrong key in the address", 401, path+"?writeKey=wrong", "", body(good))
		refused("the key of a disabled source", 401, path, "closed-key", body(good))
		refused("a page of another origin", 403, path, "page-key", body(good), "Origin", "https://bad.example")
		if batch {
			refused("an unknown type", 400, path, "key", body(strings.Replace(good, "track", "dance", 1)))
		}
	}
	for query, want := range map[string]int{
		"": 401, "?writeKey=wrong": 401, "?writeKey=closed-key": 401, "?writeKey=key": 400, "?writeKey=key&userId=7": 400,
		"?writeKey=key&userId=7&event=" + strings.Repeat("x", 201): 400, "?writeKey=key&event=x&userId=" + strings.Repeat("x", 1025): 413,
		"?writeKey=key&userId=7&event=x&timestamp=9999-12-31": 400, "?writeKey=key&userId=7&event=x&properties.x=" + strings.Repeat("x", 33<<10): 413,
	} {
		if status, text, _ := e.do("GET", "/pixel/v1/track"+query, "", ""); status != want || !strings.Contains(text, `"success":false`) {
			t.Errorf("pixel%.60s: %d %s, want %d", query, status, text, want)
		}
	}
	if status, _, _ := e.do("GET", "/pixel/v1/page?writeKey=page-key&userId=7", "", "", "Origin", "https://bad.example"); status != 403 {
		t.Errorf("a pixel on a page of another origin: %d", status)
	}
	if n := e.count(storage.Events, "") + e.count(storage.Profiles, "") + e.count(storage.Sessions, ""); n != 0 {
		t.Errorf("refused messages left %d documents", n)
	}
}
