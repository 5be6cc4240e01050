package gui

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var build = fstest.MapFS{
	".keep":                {},
	"index.html":           {Data: []byte(`<meta name="csp-nonce" content="{{nonce}}">`)},
	"index.html.br":        {Data: []byte("compressed page")},
	"favicon.svg":          {Data: []byte("<svg/>")},
	"assets/app-1.js":      {Data: []byte("plain")},
	"assets/app-1.js.br":   {Data: []byte("brotli")},
	"assets/app-1.js.gz":   {Data: []byte("gzip")},
	"assets/style-2.css":   {Data: []byte("css")},
	"assets/picture-3.png": {Data: []byte("png")},
}

func get(t *testing.T, h http.Handler, method, target string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	response := w.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestFiles(t *testing.T) {
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	for _, c := range []struct {
		target, accept, body, coding, kind, cache string
	}{
		{"/assets/app-1.js", "", "plain", "", "text/javascript; charset=utf-8", forever},
		{"/assets/app-1.js", "gzip, br", "brotli", "br", "text/javascript; charset=utf-8", forever},
		{"/assets/app-1.js", "gzip, br;q=0", "gzip", "gzip", "text/javascript; charset=utf-8", forever},
		{"/assets/app-1.js", "gzip;q=0.5, br;q=0.000", "gzip", "gzip", "text/javascript; charset=utf-8", forever},
		{"/assets/app-1.js", "zstd", "plain", "", "text/javascript; charset=utf-8", forever},
		{"/assets/style-2.css", "br", "css", "", "text/css; charset=utf-8", forever},
		{"/assets/picture-3.png", "br", "png", "", "image/png", forever},
		{"/favicon.svg", "", "<svg/>", "", "image/svg+xml", ask},
	} {
		response, body := get(t, newHandler(build), "GET", c.target, "Accept-Encoding", c.accept)
		header := response.Header
		if response.StatusCode != 200 || body != c.body || header.Get("Content-Encoding") != c.coding || header.Get("Content-Type") != c.kind ||
			header.Get("Cache-Control") != c.cache || header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s for %q: %d %q %v", c.target, c.accept, response.StatusCode, body, header)
		}
		again, body := get(t, newHandler(build), "GET", c.target, "Accept-Encoding", c.accept, "If-None-Match", header.Get("Etag"))
		if again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s again: %d %q", c.target, again.StatusCode, body)
		}
	}
}

func TestEachFormHasItsOwnTag(t *testing.T) {
	seen := map[string]bool{}
	for _, accept := range []string{"", "gzip", "br"} {
		response, _ := get(t, newHandler(build), "GET", "/assets/app-1.js", "Accept-Encoding", accept)
		if tag := response.Header.Get("Etag"); seen[tag] {
			t.Errorf("%s is used for two forms", tag)
		} else {
			seen[tag] = true
		}
	}
}

func TestPage(t *testing.T) {
	h := newHandler(build)
	nonces := map[string]bool{}
	for _, target := range []string{"/", "/index.html", "/login", "/events?q=type:a", "/profiles/ann.bell@example.com", "/sources/shop/install"} {
		response, body := get(t, h, "GET", target)
		policy := response.Header.Get("Content-Security-Policy")
		_, after, _ := strings.Cut(policy, "'nonce-")
		nonce, _, _ := strings.Cut(after, "'")
		if len(nonce) < 20 || nonces[nonce] {
			t.Errorf("%s: nonce %q is short or was used before", target, nonce)
		}
		nonces[nonce] = true
		if response.StatusCode != 200 || body != `<meta name="csp-nonce" content="`+nonce+`">` {
			t.Errorf("%s: %d %q", target, response.StatusCode, body)
		}
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", target, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy allows something unsafe: %s", target, policy)
		}
		if response.Header.Get("Cache-Control") != "no-store" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", target, response.Header)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/api/v1/nothing", 404},
		{"GET", "/api", 404},
		{"GET", "/assets/app-0.js", 404},
		{"GET", "/assets", 404},
		{"GET", "/robots.txt", 404},
		{"GET", "/.keep", 404},
		{"GET", "/../embed.go", 404},
		{"GET", "/assets/app-1.js.br", 404},
		{"GET", "/index.html.br", 404},
		{"POST", "/login", 405},
		{"DELETE", "/assets/app-1.js", 405},
	} {
		if response, body := get(t, newHandler(build), c.method, c.target); response.StatusCode != c.status {
			t.Errorf("%s %s: %d %q", c.method, c.target, response.StatusCode, body)
		}
	}
}

func TestHead(t *testing.T) {
	for _, target := range []string{"/", "/assets/app-1.js"} {
		if response, body := get(t, newHandler(build), "HEAD", target); response.StatusCode != 200 || body != "" {
			t.Errorf("%s: %d %q", target, response.StatusCode, body)
		}
	}
}

func TestWithoutBuild(t *testing.T) {
	response, body := get(t, newHandler(fstest.MapFS{".keep": {}}), "GET", "/setup?token=secret-of-the-link")
	if response.StatusCode != 200 || !strings.Contains(body, "make web") || strings.Contains(body, "secret-of-the-link") {
		t.Errorf("%d %q", response.StatusCode, body)
	}
}

func TestHandlerOfTheProgram(t *testing.T) {
	if response, body := get(t, Handler(), "GET", "/events"); response.StatusCode != 200 || !strings.Contains(body, "Tracardi") {
		t.Errorf("%d %q", response.StatusCode, body)
	}
}
