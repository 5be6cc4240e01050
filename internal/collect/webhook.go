package collect

import (
	"encoding/base64"
	"net/http"
	"unicode/utf8"

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
	reply(w, answer)
	return nil
}

func (c *Collector) webhookPayload(w http.ResponseWriter, r *http.Request) (*tracardi.Payload, error) {
	read := c.queryProperties
	if r.Method == http.MethodPost {
		read = func(r *http.Request) (tracardi.Object, error) { return c.bodyProperties(w, r) }
	}
	properties, err := read(r)
	if err != nil {
		return nil, err
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
		return nil, inside("path", err)
	}
	for field, id := range map[string]string{"path.source": payload.Source.ID, "path.session": payload.Session} {
		if len(id) > maxID {
			return nil, tracardi.InvalidField(field, "is longer than %d bytes", maxID)
		}
		if !utf8.ValidString(id) {
			return nil, tracardi.InvalidField(field, "is no text in UTF-8")
		}
	}
	return payload, nil
}

// pixelImage is a transparent GIF of one pixel.
var pixelImage, _ = base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

// pixel takes an event from an image's address, as mails and pages without scripts send it.
func (c *Collector) pixel(w http.ResponseWriter, r *http.Request) error {
	properties, err := c.queryProperties(r)
	if err != nil {
		return err
	}
	payload, err := addressed(r, properties)
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
