package collect

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go"
)

// bodyProperties reads the properties from a JSON body or a form.
func (c *Collector) bodyProperties(w http.ResponseWriter, r *http.Request) (tracardi.Object, error) {
	limits := c.options.Limits
	text, err := c.ReadBody(w, r, limits)
	if err != nil || len(text) == 0 {
		return tracardi.Object{}, err
	}
	var form url.Values
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // without a type it is JSON, like most
	switch media {
	case "application/x-www-form-urlencoded":
		form, err = readForm("body", string(text), limits)
	case "multipart/form-data":
		form, err = readParts(text, params["boundary"], limits)
	default:
		return decodeObject("body", text, limits)
	}
	if err != nil {
		return tracardi.Object{}, err
	}
	return formProperties("body", form, limits)
}

func (c *Collector) queryProperties(r *http.Request) (o tracardi.Object, err error) {
	form, err := Query(r)
	if err != nil {
		return o, err
	}
	return formProperties("query", form, c.options.Limits)
}

// Query reads the parameters of a request's address; TooLarge when there are too many.
func Query(r *http.Request) (url.Values, error) {
	return readForm("query", r.URL.RawQuery, DefaultLimits)
}

// readForm reads parameters as browsers do, and loses nothing: what is no proper escape, such as the sign in 100%, is text.
func readForm(place, text string, limits Limits) (url.Values, error) {
	form, count := url.Values{}, 0
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		if count++; count > limits.Keys {
			return nil, tooManyValues(place, limits)
		}
		name, value, _ := strings.Cut(pair, "=")
		form.Add(unescape(name), unescape(value))
	}
	return form, nil
}

func tooManyValues(place string, limits Limits) error {
	return tooLarge(place, "the form has more than %d values", limits.Keys)
}

// unescape reads an escaped text.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		end := min(i+3, len(text))
		if letter, err := url.QueryUnescape(text[i:end]); text[i] == '%' && err == nil {
			plain.WriteString(letter)
			i += 2
		} else if text[i] == '+' {
			plain.WriteByte(' ')
		} else {
			plain.WriteByte(text[i])
		}
	}
	return plain.String()
}

// readParts reads the fields of a form in parts. Files are not kept.
func readParts(text []byte, boundary string, limits Limits) (url.Values, error) {
	form, count := url.Values{}, 0
	for reader := multipart.NewReader(bytes.NewReader(text), boundary); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, tracardi.InvalidField("body", "is no valid form: %v", err)
		}
		if count++; count > limits.Keys {
			return nil, tooManyValues("body", limits)
		}
		if part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, tracardi.InvalidField("body", "is no valid form: %v", err)
		}
		form.Add(part.FormName(), string(value))
	}
}

// formProperties makes properties of the parameters in a part of the request: one value is a text, several are a list.
func formProperties(place string, values url.Values, limits Limits) (o tracardi.Object, err error) {
	tree := make(map[string]any, len(values))
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
	}
	return tracardi.NewObject(tree), nil
}
