package collect

import (
	"net/http"
	"slices"

	"github.com/tracardi/tracardi-go"
)

// Any page may send events, without cookies. A source that lists its own origins takes events from pages of these alone, and
// they may send cookies.

// checkOrigin refuses a page of another origin than the source's own.
func checkOrigin(r *http.Request, source *tracardi.Source) error {
	origin := r.Header.Get("Origin")
	if origin == "" || len(source.Origins) == 0 || slices.Contains(source.Origins, origin) {
		return nil
	}
	return &tracardi.Error{Kind: tracardi.Forbidden, Field: "header.Origin", Message: "the source does not take events from pages of " + clip(origin) + ": add it to the source's origins"}
}

// allowOrigin lets the page read the answer, whatever it is. The source may not be known yet: pages of any source's own origins
// may send cookies, and which source takes their events is checked with the request itself.
func (c *Collector) allowOrigin(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "Retry-After")
	for _, source := range c.options.Workspace.Snapshot(tracardi.DefaultTenant).Sources {
		if slices.Contains(source.Origins, origin) {
			header.Set("Access-Control-Allow-Origin", origin)
			header.Set("Access-Control-Allow-Credentials", "true")
			return
		}
	}
}

// Preflight answers a browser's question before a request.
func (c *Collector) Preflight(w http.ResponseWriter, r *http.Request) {
	c.allowOrigin(w, r)
	header := w.Header()
	header.Add("Vary", "Access-Control-Request-Headers")
	header.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
	if wanted := r.Header.Get("Access-Control-Request-Headers"); wanted != "" {
		header.Set("Access-Control-Allow-Headers", clip(wanted))
	}
	header.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
