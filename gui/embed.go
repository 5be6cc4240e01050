// Package gui holds the built web application and serves it.
//
// The application is made from the TypeScript beside this file with
//
//	npm ci && npm run build
//
// Its output is not committed. A program built without it works, and answers with a page that says so.
package gui

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Handler serves the web application: its files, and its page for every other path, so that addresses within the application
// work when they are opened directly. Paths below /api belong to others and are not found. Only GET and HEAD are answered.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return newHandler(files)
}

// file is a file of the build in the forms that were compressed when it was built.
type file struct {
	kind    string // content type
	etag    string
	content map[string][]byte // by content coding; "" is the plain one
}

type handler struct {
	files map[string]*file
	page  []byte // index.html, with noncePlace where the nonce belongs; nil when there is no build
}

// noncePlace is what the build writes where a request's nonce belongs.
const noncePlace = "{{nonce}}"

// codings are the ways in which the build compresses, the smallest first, with the ends of their file names.
var codings = []struct{ name, end string }{{"br", ".br"}, {"gzip", ".gz"}}

func newHandler(build fs.FS) *handler {
	h := &handler{files: map[string]*file{}}
	err := fs.WalkDir(build, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(build, name)
		if err != nil {
			return err
		}
		h.add(name, content)
		return nil
	})
	if err != nil {
		panic(err) // files within the program can be read
	}
	return h
}

func (h *handler) add(name string, content []byte) {
	coding := ""
	for _, c := range codings {
		if short, ok := strings.CutSuffix(name, c.end); ok {
			name, coding = short, c.name
		}
	}
	switch {
	case name == "index.html" && coding == "":
		h.page = content
		return
	case name == "index.html" || strings.HasPrefix(name, "."):
		return
	}
	if h.files[name] == nil {
		h.files[name] = &file{kind: contentType(name), content: map[string][]byte{}}
	}
	h.files[name].content[coding] = content
	if coding == "" {
		sum := sha256.Sum256(content)
		h.files[name].etag = base64.RawURLEncoding.EncodeToString(sum[:12])
	}
}

// contentType does not depend on what the system knows of file names.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are possible here", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if found := h.files[name]; found != nil {
		found.serve(w, r, strings.HasPrefix(name, "assets/"))
		return
	}
	if !h.within(name) {
		http.NotFound(w, r)
		return
	}
	h.servePage(w, r)
}

// within tells whether a path can be one of the application. Those of files that do not exist, such as robots.txt, can't; ids
// further down may contain dots.
func (h *handler) within(name string) bool {
	area, _, deep := strings.Cut(name, "/")
	return area != "api" && area != "assets" && (deep || name == "index.html" || !strings.Contains(name, "."))
}

// serve sends the file, compressed when the browser can read it. The names of hashed files change with their content, so that
// browsers keep them and never ask again.
func (f *file) serve(w http.ResponseWriter, r *http.Request, hashed bool) {
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if hashed {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, etag := f.content[""], f.etag
	for _, c := range codings {
		if small := f.content[c.name]; small != nil && accepts(r, c.name) {
			header.Set("Content-Encoding", c.name)
			content, etag = small, f.etag+"-"+c.name
			break
		}
	}
	etag = `"` + etag + `"`
	header.Set("Etag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the asker is gone if this fails
	}
}

// accepts tells whether the browser reads a content coding.
func accepts(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			quality = strings.TrimRight(strings.TrimSpace(quality), "0.")
			return quality != "q="
		}
	}
	return false
}

// servePage sends the page of the application. It may run no script but our own files and load nothing from another host; styles
// that the components make at run time carry the nonce.
func (h *handler) servePage(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store") // each answer has its own nonce
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin") // the address may hold the token of the setup link
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; "+
		"img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	text := notBuilt
	if h.page != nil {
		text = strings.ReplaceAll(string(h.page), noncePlace, nonce)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text)) // the asker is gone if this fails
	}
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tracardi</title>
<h1>Tracardi is running</h1>
<p>This program was built without its web application: run <code>make web</code> and build it again.</p>
<p>The API is described at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>. The first administrator is made with the
token of the setup link:</p>
<pre>curl -H 'Content-Type: application/json' ADDRESS/api/v1/setup \
  -d '{"token": "TOKEN", "email": "YOU@EXAMPLE.COM", "password": "A LONG ONE"}'</pre>
</html>
`
