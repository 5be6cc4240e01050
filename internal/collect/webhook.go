package collect

import (
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"

	"github.com/tracardi/tracardi-go"
)

// webhook takes one event whose type and source are in the address and whose properties are the body or the query.
func (c *Collector) webhook(w http.ResponseWriter, r *http.Request) error {
	payload, err := c.webhookPayload(w, r)
	if err != nil {
		return err
	}
	answer, err := c.take(r, payload, tracardi.SourceWebhook)
	if err != nil {
		return err
	}
	c.allowOrigin(w, r, payload.Tenant, payload.Source.ID)
	reply(w, answer)
	return nil
}

func (c *Collector) webhookPayload(w http.ResponseWriter, r *http.Request) (*tracardi.Payload, error) {
	properties := queryProperties(r.URL.Query())
	if r.Method == http.MethodPost {
		var err error
		if properties, err = c.bodyProperties(w, r); err != nil {
			return nil, err
		}
	}
	payload, err := addressed(r, properties)
	if err != nil {
		return nil, err
	}
	source := c.options.Workspace.Snapshot(tracardi.DefaultTenant).Sources[payload.Source.ID]
	if source != nil && source.ProfileFrom != "" {
		bindProfile(payload, source)
	}
	return payload, nil
}

// addressed makes a payload of one event from the address: without a session it has no profile either.
func addressed(r *http.Request, properties tracardi.Object) (*tracardi.Payload, error) {
	payload := &tracardi.Payload{Source: tracardi.Ref{ID: r.PathValue("source")}, Session: r.PathValue("session")}
	payload.ProfileLess = payload.Session == ""
	payload.Options.SkipSession = payload.Session == ""
	event := event{Type: r.PathValue("type"), Properties: properties}
	payload.Events = make([]tracardi.NewEvent, 1)
	if err := event.decode(&payload.Events[0]); err != nil {
		return nil, err
	}
	for field, id := range map[string]string{"source": payload.Source.ID, "session": payload.Session} {
		if len(id) > maxID {
			return nil, tracardi.InvalidField(field, "is longer than %d bytes", maxID)
		}
	}
	return payload, nil
}

// bodyProperties reads the properties from a JSON body or a form.
func (c *Collector) bodyProperties(w http.ResponseWriter, r *http.Request) (tracardi.Object, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/x-www-form-urlencoded":
		text, err := readBody(w, r, c.options.Limits)
		if err != nil {
			return tracardi.Object{}, err
		}
		form, err := url.ParseQuery(string(text))
		if err != nil {
			return tracardi.Object{}, tracardi.InvalidField("body", "is no valid form: %v", err)
		}
		return queryProperties(form), nil
	case "multipart/form-data":
		r.Body = http.MaxBytesReader(w, r.Body, c.options.Limits.Body)
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			return tracardi.Object{}, tracardi.InvalidField("body", "is no valid form: %v", err)
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }() // files are not kept
		return queryProperties(r.MultipartForm.Value), nil
	}
	text, err := readBody(w, r, c.options.Limits)
	if err != nil || len(text) == 0 {
		return tracardi.Object{}, err
	}
	return decodeObject("body", text, c.options.Limits)
}

// queryProperties makes properties of parameters: one value is a text, several are a list.
func queryProperties(values url.Values) tracardi.Object {
	if len(values) == 0 {
		return tracardi.Object{}
	}
	tree := make(map[string]any, len(values))
	for name, list := range values {
		if len(list) == 1 {
			tree[name] = list[0]
			continue
		}
		items := make([]any, len(list))
		for i, item := range list {
			items[i] = item
		}
		tree[name] = items
	}
	return tracardi.NewObject(tree)
}

// pixelImage is a transparent GIF of one pixel.
var pixelImage, _ = base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

// pixel takes an event from an image's address, as mails and pages without scripts send it.
func (c *Collector) pixel(w http.ResponseWriter, r *http.Request) error {
	payload, err := addressed(r, queryProperties(r.URL.Query()))
	if err != nil {
		return err
	}
	if _, err := c.take(r, payload, tracardi.SourceWebhook); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(pixelImage) // the event is stored, the image matters less
	return nil
}
