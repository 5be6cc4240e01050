package segment

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
)

// settings tells Segment's browser library to send its events here.
func (d *Dialect) settings(w http.ResponseWriter, r *http.Request) error {
	source, _, err := d.admit(r, r.PathValue("key"))
	if err != nil {
		return err
	}
	reply(w, map[string]any{
		"integrations": map[string]any{"Segment.io": map[string]any{
			"apiKey": source.WriteKey, "apiHost": r.Host + "/v1", "protocol": scheme(r), "addBundledMetadata": true,
		}},
		"plan": map[string]any{"track": map[string]any{"__default": map[string]any{"enabled": true}}, "identify": map[string]any{"__default": map[string]any{"enabled": true}}},
	})
	return nil
}

// sourceConfig tells RudderStack's browser library that its source exists and that nothing else is to be loaded.
func (d *Dialect) sourceConfig(w http.ResponseWriter, r *http.Request) error {
	source, _, err := d.admit(r, headerKey(r))
	if err != nil {
		return err
	}
	off := map[string]any{"enabled": false}
	reply(w, map[string]any{
		"source": map[string]any{
			"id": source.ID, "name": source.Name, "writeKey": source.WriteKey, "enabled": true, "workspaceId": tracardi.DefaultTenant,
			"config":       map[string]any{"statsCollection": map[string]any{"errors": off, "metrics": off}},
			"destinations": []any{}, "connections": []any{}, "dataplanes": map[string]any{},
		},
		"updatedAt": time.Now().UTC().Format(time.RFC3339),
	})
	return nil
}

// scheme is how the browser reached us, as a proxy in front tells it.
func scheme(r *http.Request) string {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}

// pixelImage is a transparent GIF of one pixel.
var pixelImage, _ = base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

// pixel takes a track or page call from an image's address. Dots in the names of parameters lead into objects, such as
// properties.price.
func (d *Dialect) pixel(w http.ResponseWriter, r *http.Request) error {
	call := r.PathValue("call")
	if !slices.Contains([]string{"track", "page"}, call) {
		return tracardi.Errorf(tracardi.NotFound, "there are the pixels track and page, but no %.40q", call)
	}
	source, way, err := d.admit(r, headerKey(r))
	if err != nil {
		return err
	}
	query, err := collect.Query(r)
	if err != nil {
		return err
	}
	var o tracardi.Object
	for name, values := range query {
		path := strings.Split(name, ".")
		if name != "writeKey" && len(path) <= 8 {
			o.Set(values[0], path...)
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	k := &maker{
		hasher: d.hasher, source: source.ID, way: way, request: d.collector.Request(r), last: map[string]int{},
		envelope: envelope{call: call, received: time.Now().UTC()},
	}
	image := &imageWriter{ResponseWriter: w}
	return d.process(image, r, source, k, []jsontext.Value{text})
}

// imageWriter answers with the image where others get text.
type imageWriter struct{ http.ResponseWriter }

// Write implements io.Writer.
func (w *imageWriter) Write(text []byte) (int, error) {
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.ResponseWriter.Write(pixelImage)
	return len(text), err
}
