package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/tracker"
)

// asset is a file of the browser tracker, ready to be sent.
type asset struct {
	kind  string // content type
	etag  string
	plain []byte
	small []byte // compressed
}

// trackerFiles are what pages and people ask for; the rest of the build is the npm package.
var trackerFiles = []string{"liliput.min.js", "liliput.min.js.map", "index.html", "index.css", "page.js"}

// trackerAssets serves the browser tracker below /tracker/. A program that was built without it has nothing there.
func trackerAssets() (http.Handler, error) {
	assets := map[string]*asset{}
	for _, name := range trackerFiles {
		content, err := fs.ReadFile(tracker.Dist, path.Join("dist", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if assets[name], err = newAsset(name, content); err != nil {
			return nil, fmt.Errorf("compress %s: %w", name, err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		if name == "" {
			name = "index.html"
		}
		if found := assets[name]; found != nil {
			found.serve(w, r)
			return
		}
		http.NotFound(w, r)
	}), nil
}

func newAsset(name string, content []byte) (*asset, error) {
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/json" // the source map
	}
	sum := sha256.Sum256(content)
	var small bytes.Buffer
	writer, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return &asset{kind: kind, etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, plain: content, small: small.Bytes()}, nil
}

// serve sends the file. Pages of any site may load it, which is what it is for; browsers ask after an hour whether it changed.
func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.kind)
	header.Set("Cache-Control", "public, max-age=3600")
	header.Set("Vary", "Accept-Encoding")
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
	content, etag := a.plain, a.etag
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" {
		header.Set("Content-Encoding", "gzip")
		content, etag = a.small, strings.TrimSuffix(a.etag, `"`)+`-gzip"`
	}
	header.Set("Etag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
