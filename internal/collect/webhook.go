package collect

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
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

// bodyProperties reads the properties from a JSON body or a form.
func (c *Collector) bodyProperties(w http.ResponseWriter, r *http.Request) (tracardi.Object, error) {
	text, err := ReadBody(w, r, c.options.Limits)
	if err != nil || len(text) == 0 {
		return tracardi.Object{}, err
	}
	var form url.Values
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // without a type it is JSON, like most
	switch media {
	case "application/x-www-form-urlencoded":
		form, err = url.ParseQuery(string(text))
	case "multipart/form-data":
		form, err = readParts(text, params["boundary"])
	default:
		return decodeObject("body", text, c.options.Limits)
	}
	if err != nil {
		return tracardi.Object{}, tracardi.InvalidField("body", "is no valid form: %v", err)
	}
	return formProperties("body", form, c.options.Limits)
}

// readParts reads the fields of a form in parts. Files are not kept.
func readParts(text []byte, boundary string) (url.Values, error) {
	form := url.Values{}
	for reader := multipart.NewReader(bytes.NewReader(text), boundary); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
}

func (c *Collector) queryProperties(r *http.Request) (tracardi.Object, error) {
	return formProperties("query", r.URL.Query(), c.options.Limits)
}

// formProperties makes properties of the parameters in a part of the request: one value is a text, several are a list.
func formProperties(place string, values url.Values, limits Limits) (o tracardi.Object, err error) {
	tree := make(map[string]any, len(values))
	count := 0
	for name, list := range values {
		items := make([]any, len(list))
		for i, item := range list {
			if len(item) > limits.Text || len(name) > limits.Text {
				return o, tooLarge(place+"."+name, "the text is longer than %d bytes", limits.Text)
			}
			items[i] = strings.ToValidUTF8(item, "\ufffd")
		}
		name = strings.ToValidUTF8(name, "\ufffd")
		tree[name] = items
		if len(items) == 1 {
			tree[name] = items[0]
		}
		if count += len(items); count > limits.Keys {
			return o, tooLarge(place, "the form has more than %d values", limits.Keys)
		}
	}
	return tracardi.NewObject(tree), nil
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
