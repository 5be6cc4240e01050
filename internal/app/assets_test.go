package app

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAsset(t *testing.T) {
	text := strings.Repeat("window.tracker = 1;\n", 100)
	a, err := newAsset("liliput.min.js", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	get := func(header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/tracker/liliput.min.js", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		a.serve(w, r)
		return w
	}
	plain := get()
	if plain.Code != 200 || plain.Body.String() != text || !strings.HasPrefix(plain.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("plain: %d %v", plain.Code, plain.Header())
	}
	small := get("Accept-Encoding", "br, gzip")
	reader, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err := io.ReadAll(reader); err != nil || string(unpacked) != text {
		t.Errorf("compressed: %q (%v)", unpacked, err)
	}
	if small.Header().Get("Etag") == plain.Header().Get("Etag") {
		t.Error("both forms have one tag")
	}
	if again := get("If-None-Match", plain.Header().Get("Etag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged: status %d", again.Code)
	}
	if got := plain.Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("other sites may not load it: %q", got)
	}
}

func TestOnlyThePagesFilesAreServed(t *testing.T) {
	handler, err := trackerAssets()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /tracker/{file...}", handler)
	for _, path := range []string{"/tracker/.keep", "/tracker/tracker.mjs", "/tracker/types/index.d.ts", "/tracker/nothing", "/tracker/..%2fembed.go"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}
