package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWebApplicationApart runs the web application in a process of its own, which finds the API in another one.
func TestWebApplicationApart(t *testing.T) {
	api := start(t, t.TempDir(), "--trusted-proxies", "127.0.0.1", "--admin-email", "ann@example.com", "--admin-password", "three-plain-words")
	gui := start(t, t.TempDir(), "--roles", "gui", "--api-url", api.url)
	if status, body := gui.ask("GET", "/readyz", ""); status != 200 || !strings.Contains(body, `{"name":"api","ready":true}`) {
		t.Errorf("/readyz: %d %s", status, body)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: gui.client.Transport, Timeout: time.Minute}
	ask := func(method, path, body, origin string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, gui.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", origin)
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
	if answer, text := ask("GET", "/events", "", gui.url); answer.StatusCode != 200 || !strings.Contains(text, "<html") {
		t.Errorf("the page: %d %.80s", answer.StatusCode, text)
	}
	credentials := `{"email":"ann@example.com","password":"three-plain-words"}`
	if answer, text := ask("POST", "/api/v1/login", credentials, gui.url); answer.StatusCode != 200 {
		t.Fatalf("login: %d %s", answer.StatusCode, text)
	}
	if answer, text := ask("POST", "/api/v1/sources", `{"id":"web","name":"Shop","types":["rest"]}`, gui.url); answer.StatusCode != 201 {
		t.Fatalf("a change with the session's cookie: %d %s", answer.StatusCode, text)
	}
	if answer, text := ask("POST", "/api/v1/sources", `{"id":"evil","name":"x","types":["rest"]}`, "https://evil.example"); answer.StatusCode != 403 {
		t.Errorf("a change from another site: %d %s", answer.StatusCode, text)
	}
	if answer, _ := ask("GET", "/tracker/", "", gui.url); answer.StatusCode != 200 {
		t.Errorf("the tracker's page: %d", answer.StatusCode)
	}

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	lines := watchThrough(t, ctx, browser, gui.url)
	if answer, text := ask("POST", "/track", `{"source":{"id":"web"},"session":{"id":"s"},"events":[{"type":"seen-through"}]}`, gui.url); answer.StatusCode != 200 {
		t.Fatalf("track: %d %s", answer.StatusCode, text)
	}
	var event struct {
		Type     string
		Metadata struct{ IP string }
	}
	for event.Type != "seen-through" {
		select {
		case line := <-lines:
			if data, ok := strings.CutPrefix(line, "data: "); ok && strings.Contains(data, "seen-through") {
				if err := json.Unmarshal([]byte(data), &event); err != nil {
					t.Fatal(err)
				}
			}
		case <-time.After(time.Minute):
			t.Fatal("the event does not come through")
		}
	}
	if event.Metadata.IP != "127.0.0.1" {
		t.Errorf("the client's address is %q", event.Metadata.IP)
	}
	for path, method := range map[string]string{
		"/pixel/page-view/none": "GET", "/redirect/none": "GET", "/v1/projects/none/settings": "GET", "/sourceConfig": "GET",
		"/beacon/v1/batch": "POST", "/v1/track": "POST", "/collect/page-view/none": "POST",
	} {
		if answer, text := ask(method, path, "{}", gui.url); answer.StatusCode == 405 || strings.Contains(text, "<html") {
			t.Errorf("%s is not answered by the API: %d %.80s", path, answer.StatusCode, text)
		}
	}
	leave()

	if code := api.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("the API ended with %d", code)
	}
	answer, text := ask("GET", "/api/v1/me", "", gui.url)
	if answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" || answer.Header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(text, "the API gives no answer") || strings.Contains(text, strings.TrimPrefix(api.url, "http://")) ||
		len(answer.Header.Get("X-Request-Id")) < 10 || !strings.Contains(text, answer.Header.Get("X-Request-Id")) {
		t.Errorf("without the API: %d %v %s", answer.StatusCode, answer.Header, text)
	}
	if status, body := gui.ask("GET", "/readyz", ""); status != 200 || !strings.Contains(body, `"name":"api","ready":false,"reason":"gives no answer`) {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if code := gui.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("the web application ended with %d", code)
	}
}

// watchThrough reads the lines of the live events, once the stream has begun.
func watchThrough(t *testing.T, ctx context.Context, browser *http.Client, url string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", url+"/api/v1/events/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	endless := *browser
	endless.Timeout = 0
	stream, err := endless.Do(r)
	if err != nil || stream.StatusCode != 200 || stream.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("live events: %v %v", stream, err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer stream.Body.Close()
		for scanner := bufio.NewScanner(stream.Body); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	select {
	case <-lines: // the sign of life at its beginning
	case <-time.After(time.Minute):
		t.Fatal("the stream does not begin: it is held up")
	}
	return lines
}

func TestWebApplicationFindsOutThatItForwardsToItself(t *testing.T) {
	gui := start(t, t.TempDir(), "--roles", "gui", "--api-url", "http://127.0.0.1:9")
	again := start(t, t.TempDir(), "--roles", "gui", "--api-url", gui.url)
	if status, body := again.ask("GET", "/api/v1/me", ""); status != http.StatusLoopDetected || !strings.Contains(body, "api-url") {
		t.Errorf("got %d %s", status, body)
	}
}
