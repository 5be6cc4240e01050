package web

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

// Media types of bodies that are more than text.
const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// Body is a setting: what a call sends. JSON and forms are JSON texts in which texts such as profile@id stand for what is there; all
// other types are templates.
type Body struct {
	Type    string `json:"type"`
	Content string `json:"content"`

	shape node.Value
	text  node.Template
}

func bodyOf(kind, content string) (b Body) {
	text, err := json.Marshal(map[string]string{"type": kind, "content": content})
	if err == nil {
		err = b.UnmarshalJSON(text)
	}
	if err != nil {
		panic(err) // a default is code
	}
	return b
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Body) UnmarshalJSON(text []byte) error {
	var plain struct{ Type, Content string }
	if err := json.Unmarshal(text, &plain); err != nil {
		return err
	}
	*b = Body{Type: plain.Type, Content: plain.Content}
	if b.Type == "" {
		b.Type = typeJSON
	}
	switch {
	case b.Content == "":
		return nil
	case b.Type == typeJSON, b.Type == typeForm && json.Valid([]byte(b.Content)):
		if err := b.shape.UnmarshalJSON([]byte(b.Content)); err != nil {
			return fmt.Errorf("the content is no JSON: %w", err)
		}
		return nil
	}
	return b.text.UnmarshalText([]byte(b.Content))
}

// put fills the body in and puts it into a request. A GET has its JSON as parameters of the URL, in which the names of inner members
// are joined by dots.
func (b *Body) put(in *node.Input, request *call.Request, o expr.ReshapeOptions) error {
	if b.Content == "" {
		return nil
	}
	if b.shape.Empty() {
		text, err := b.text.Render(in)
		request.Body, request.Type = []byte(text), b.Type
		return err
	}
	shaped, err := b.shape.Shape(in, o)
	switch {
	case err != nil:
		return err
	case request.Method == "GET":
		request.Query, err = flat(shaped)
	case b.Type == typeForm:
		request.Form, err = flat(shaped)
	default:
		request.JSON = shaped
		if shaped == nil {
			request.JSON = json.RawMessage("null")
		}
	}
	return err
}

// flat makes parameters of an object. Null is left out.
func flat(value any) (url.Values, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, tracardi.InvalidField("body", "parameters are made of an object")
	}
	values := url.Values{}
	flatten(values, "", object)
	return values, nil
}

func flatten(into url.Values, name string, value any) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for key, member := range value {
			if name != "" {
				key = name + "." + key
			}
			flatten(into, key, member)
		}
	case []any:
		for _, item := range value {
			flatten(into, name, item)
		}
	case string:
		into.Add(name, value)
	default:
		into.Add(name, string(tracardi.AppendValue(nil, value)))
	}
}
