package collect

import (
	"net/http"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// redirect records the event of a redirect and sends the visitor on. The session is in the address or in the tracker's cookie;
// without one the event has no profile.
func (c *Collector) redirect(w http.ResponseWriter, r *http.Request) error {
	found := c.options.Workspace.Snapshot(tracardi.DefaultTenant).Redirects[r.PathValue("redirect")]
	if found == nil {
		return tracardi.Errorf(tracardi.NotFound, "there is no redirect %q", r.PathValue("redirect"))
	}
	session := r.PathValue("session")
	if cookie, err := r.Cookie("tracardi-session-id"); session == "" && err == nil {
		session = cookie.Value
	}
	if len(session) > maxID || !utf8.ValidString(session) {
		return tracardi.InvalidField("path.session", "is longer than %d bytes or no text in UTF-8", maxID)
	}
	properties, err := c.redirectProperties(w, r, found)
	if err != nil {
		return err
	}
	payload := &tracardi.Payload{Source: found.Source, Session: session, ProfileLess: session == ""}
	payload.Options.SkipSession = true
	payload.Events = []tracardi.NewEvent{{Type: found.EventType, Properties: properties, Tags: found.Tags}}
	if _, err := c.take(r, payload, tracardi.SourceRedirect); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store") // each click counts
	http.Redirect(w, r, found.URL, http.StatusFound)
	return nil
}

// redirectProperties fills the redirect's template from the request.
func (c *Collector) redirectProperties(w http.ResponseWriter, r *http.Request, found *tracardi.Redirect) (o tracardi.Object, err error) {
	if len(found.Props) == 0 {
		return o, nil
	}
	params, err := c.queryProperties(r)
	if err != nil {
		return o, err
	}
	body := tracardi.Object{}
	if r.Method != http.MethodGet {
		if body, err = c.bodyProperties(w, r); err != nil {
			return o, err
		}
	}
	template, err := expr.ParseReshape(found.Props)
	if err != nil {
		return o, tracardi.Errorf(tracardi.Internal, "redirect %q: its properties: %w", found.ID, err)
	}
	data := expr.Objects{"payload": map[string]any{"params": params.Map(), "body": body.Map()}}
	value, err := template.Apply(data, expr.ReshapeOptions{UseDefault: true})
	if err != nil {
		return o, tracardi.InvalidField("properties", "%v", err)
	}
	tree, _ := value.(map[string]any)
	return tracardi.NewObject(tree), nil
}
