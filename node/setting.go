package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// The types below are settings that are more than text. Each is written as one JSON value and checked when it is read.

// Condition is a setting that holds a condition. The zero Condition holds always.
type Condition struct {
	text   string
	parsed *expr.Condition
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Condition) UnmarshalText(text []byte) (err error) {
	c.text = string(text)
	c.parsed, err = nil, nil
	if c.text != "" {
		c.parsed, err = expr.Parse(c.text)
	}
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (c Condition) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// Empty tells whether nothing was set.
func (c Condition) Empty() bool { return c.parsed == nil }

// Expr is the parsed condition; nil when nothing was set.
func (c Condition) Expr() *expr.Condition { return c.parsed }

// Holds evaluates the condition. What makes no sense on this data is false, and noted as a warning.
func (c Condition) Holds(in *Input) bool {
	if c.parsed == nil {
		return true
	}
	holds, problem := c.parsed.EvalAt(in.Now(), in)
	if problem != nil {
		in.Warn("%v", problem)
	}
	return holds
}

// Template is a setting that holds a text with places to fill in, such as "Dear {{profile@data.pii.name}}".
type Template struct {
	text   string
	parsed *expr.Template
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Template) UnmarshalText(text []byte) (err error) {
	t.text = string(text)
	t.parsed, err = expr.ParseTemplate(t.text)
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (t Template) MarshalText() ([]byte, error) { return []byte(t.text), nil }

// TemplateOf is a template for defaults.
func TemplateOf(text string) (t Template) {
	if err := t.UnmarshalText([]byte(text)); err != nil {
		panic(err) // a default is code
	}
	return t
}

// Empty tells whether nothing was set.
func (t Template) Empty() bool { return t.text == "" }

// Render fills the template in. A place that is not in the data is an error.
func (t Template) Render(in *Input) (string, error) {
	if t.parsed == nil {
		return "", nil
	}
	return t.parsed.Render(in)
}

// RenderHTML fills a template in that is HTML: what comes from the data is escaped.
func (t Template) RenderHTML(in *Input) (string, error) {
	return t.RenderEscaped(in, html.EscapeString)
}

// RenderURL fills a template in that is a URL or a part of one: what comes from the data is escaped, so that it stays within its
// step of the path or its parameter.
func (t Template) RenderURL(in *Input) (string, error) {
	return t.RenderEscaped(in, func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") })
}

// RenderEscaped fills a template in; what comes from the data is escaped by a function.
func (t Template) RenderEscaped(in *Input, escape func(string) string) (string, error) {
	if t.parsed == nil {
		return "", nil
	}
	return t.parsed.Render(escaped{in, escape})
}

// escaped makes everything harmless where it is put.
type escaped struct {
	data   expr.Data
	escape func(string) string
}

// Get implements expr.Data.
func (e escaped) Get(source string, path expr.Path) (value any, ok bool) {
	value, ok = e.data.Get(source, path)
	switch found := value.(type) {
	case string:
		value = e.escape(found)
	case map[string]any, []any:
		value = e.escape(string(tracardi.AppendValue(nil, found)))
	}
	return value, ok
}

// Path is a setting that names a place in the data, such as profile@traits.color.
type Path struct{ reference expr.Reference }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Path) UnmarshalText(text []byte) (err error) {
	p.reference = expr.Reference{}
	if len(text) == 0 {
		return nil
	}
	if p.reference, err = expr.ParseReference(string(text)); err != nil {
		return err
	}
	if _, ok := p.reference.Field(); !ok {
		return fmt.Errorf("%q names no place in the data: write it like profile@traits.color", text)
	}
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (p Path) MarshalText() ([]byte, error) {
	if p.Empty() {
		return nil, nil
	}
	return []byte(p.reference.String()), nil
}

// PathTo is a path for defaults, such as PathTo("event@session.id").
func PathTo(text string) (p Path) {
	if err := p.UnmarshalText([]byte(text)); err != nil {
		panic(err) // a default is code
	}
	return p
}

// Empty tells whether nothing was set.
func (p Path) Empty() bool { _, ok := p.reference.Field(); return !ok }

// String is the path as it is written.
func (p Path) String() string { text, _ := p.MarshalText(); return string(text) }

// Field is the place: its source and the path within it.
func (p Path) Field() expr.Field { field, _ := p.reference.Field(); return field }

// Get reads the place. It is a copy; ok is false when nothing is there.
func (p Path) Get(in *Input) (value any, ok bool) {
	value, err := p.reference.Resolve(in)
	return value, err == nil
}

// Set writes to the place. A value is never read as a path, since it may come from a visitor.
func (p Path) Set(in *Input, value any) error {
	field, ok := p.reference.Field()
	if !ok {
		return tracardi.InvalidField("", "there is no place to write to")
	}
	return in.Set(field.Source, field.Path, tracardi.Clone(value))
}

// Delete removes the place.
func (p Path) Delete(in *Input) error {
	field, ok := p.reference.Field()
	if !ok {
		return tracardi.InvalidField("", "there is no place to remove")
	}
	return in.Delete(field.Source, field.Path)
}

// Value is a setting that holds any JSON value, in which a text such as profile@traits.color stands for what is there.
type Value struct {
	raw    any
	parsed *expr.Reshape
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(text []byte) (err error) {
	if err = json.Unmarshal(text, &v.raw); err == nil {
		v.parsed, err = expr.ParseReshape(v.raw)
	}
	return err
}

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.raw) }

// ValueOf is a value for defaults, such as ValueOf("session@context.page.url").
func ValueOf(raw any) Value {
	parsed, err := expr.ParseReshape(raw)
	if err != nil {
		panic(err) // a default is code
	}
	return Value{raw, parsed}
}

// Empty tells whether nothing was set.
func (v Value) Empty() bool { return v.raw == nil || v.raw == "" }

// Resolve makes the value. A place that is not in the data is an error.
func (v Value) Resolve(in *Input) (any, error) { return v.Shape(in, expr.ReshapeOptions{}) }

// Text makes the value as a text: null is empty, lists and objects are JSON.
func (v Value) Text(in *Input) (string, error) {
	value, err := v.Resolve(in)
	if err != nil {
		return "", err
	}
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	}
	return string(tracardi.AppendValue(nil, value)), nil
}

// Shape makes the value with other rules for what is missing.
func (v Value) Shape(in *Input, o expr.ReshapeOptions) (any, error) {
	if v.parsed == nil {
		return nil, nil
	}
	return v.parsed.Apply(in, o)
}

// Duration is a setting that holds a length of time, written as a number of seconds (also as a text, as forms give it) or like "15m", "2h 30m" and "3 days".
type Duration struct {
	raw    json.RawMessage
	offset expr.Offset
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(raw []byte) (err error) {
	d.raw, d.offset = slices.Clone(raw), expr.Offset{}
	text, seconds := "", 0.0
	switch {
	case json.Unmarshal(raw, &text) == nil:
		switch seconds, err = strconv.ParseFloat(strings.TrimSpace(text), 64); {
		case text == "":
			err = nil
		case err == nil:
			d.offset, err = ofSeconds(seconds)
		default:
			d.offset, err = expr.ParseOffset(text)
		}
	case json.Unmarshal(raw, &seconds) == nil:
		d.offset, err = ofSeconds(seconds)
	default:
		err = errDuration
	}
	if now := time.Now(); err == nil && d.From(now).Before(now) {
		err = errDuration
	}
	return err
}

const maxSeconds = 3_599_999_999 // a million hours, as in texts

var errDuration = errors.New(`a duration is a number of seconds up to 3599999999, or a text such as "15m" or "3 days"`)

func ofSeconds(n float64) (expr.Offset, error) {
	if !(n >= 0 && n <= maxSeconds) {
		return expr.Offset{}, errDuration
	}
	length := time.Duration(n * float64(time.Second))
	hours, rest := length/time.Hour, length%time.Hour
	return expr.ParseOffset(fmt.Sprintf("%dh %ds %dms", hours, rest/time.Second, rest%time.Second/time.Millisecond))
}

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) {
	if d.raw == nil {
		return []byte(`""`), nil
	}
	return d.raw, nil
}

// Seconds is a duration of so many seconds, for defaults.
func Seconds(n int) (d Duration) {
	if err := d.UnmarshalJSON(strconv.AppendInt(nil, int64(n), 10)); err != nil {
		panic(err) // a default is code
	}
	return d
}

// From is the time that lies the duration behind t.
func (d Duration) From(t time.Time) time.Time { return d.offset.Add(t) }

// At is the length of the duration when it begins at t.
func (d Duration) At(t time.Time) time.Duration { return d.From(t).Sub(t) }

// Reference is a setting that names something else of the installation: a resource, a flow, an event source. It is written as
// an id or, as the original does, as {"id": …, "name": …}.
type Reference struct{ ID string }

// UnmarshalJSON implements json.Unmarshaler.
func (r *Reference) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &r.ID) == nil {
		return nil
	}
	var named struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &named); err != nil {
		return fmt.Errorf("write an id, or {\"id\": …}")
	}
	r.ID = named.ID
	return nil
}

// MarshalJSON implements json.Marshaler.
func (r Reference) MarshalJSON() ([]byte, error) { return json.Marshal(r.ID) }

// EventType is the type of events that the reference names, as events are stored under it.
func (r Reference) EventType() string { return tracardi.EventTypeOf(r.ID) }

// Warn notes a warning beside the run.
func (in *Input) Warn(format string, args ...any) {
	in.Log(slog.LevelWarn, fmt.Sprintf(format, args...))
}

// Document is the JSON form of one of the run's documents, for a node that passes it on.
func Document(of interface{ AppendJSON([]byte) []byte }) map[string]any {
	object := tracardi.RawObject(string(of.AppendJSON(nil)))
	return object.Map()
}
