package collect

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
)

// body is a payload as trackers write it.
type body struct {
	Source      *reference      `json:"source"`
	Session     *reference      `json:"session"`
	Profile     *reference      `json:"profile"`
	Context     tracardi.Object `json:"context"`
	Properties  tracardi.Object `json:"properties"`
	Options     tracardi.Object `json:"options"`
	ProfileLess bool            `json:"profile_less"`
	Debug       bool            `json:"debug"`
	Events      []event         `json:"events"`
}

type reference struct {
	ID        string `json:"id"`
	PrimaryID string `json:"primary_id"`
}

type event struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Time       eventTime       `json:"time"`
	Properties tracardi.Object `json:"properties"`
	Context    tracardi.Object `json:"context"`
	Options    tracardi.Object `json:"options"`
	Tags       []string        `json:"tags"`
}

type eventTime struct {
	Insert string `json:"insert"`
	Create string `json:"create"`
	Update string `json:"update"`
}

const (
	maxID   = 200 // bytes of an id
	maxType = 200 // bytes of an event's type
)

// Decode reads a payload in the tracker's dialect. Its errors name the field.
func Decode(text []byte, limits Limits) (*tracardi.Payload, error) {
	if err := limits.Check(text); err != nil {
		return nil, err
	}
	var b body
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, SyntaxError(err)
	}
	if b.Source == nil || strings.TrimSpace(b.Source.ID) == "" {
		return nil, tracardi.InvalidField("source.id", "is missing: it names the source that the events come from")
	}
	return b.payload(limits)
}

func (b *body) payload(limits Limits) (*tracardi.Payload, error) {
	payload := &tracardi.Payload{Context: b.Context, Properties: b.Properties, ProfileLess: b.ProfileLess, Debug: b.Debug, Options: options(b.Options)}
	payload.Source.ID = strings.TrimSpace(b.Source.ID)
	if b.Session != nil {
		payload.Session = strings.TrimSpace(b.Session.ID)
	}
	if b.Profile != nil {
		payload.Profile, payload.PrimaryID = strings.TrimSpace(b.Profile.ID), b.Profile.PrimaryID
	}
	for field, id := range map[string]string{"source.id": payload.Source.ID, "session.id": payload.Session, "profile.id": payload.Profile, "profile.primary_id": payload.PrimaryID} {
		if len(id) > maxID {
			return nil, tracardi.InvalidField(field, "is longer than %d bytes", maxID)
		}
	}
	if len(b.Events) > limits.Events {
		return nil, tooLarge("events", "a payload may have %d events and this one has %d", limits.Events, len(b.Events))
	}
	payload.Events = make([]tracardi.NewEvent, len(b.Events))
	for i := range b.Events {
		if err := b.Events[i].decode(&payload.Events[i]); err != nil {
			return nil, inside(fmt.Sprintf("events[%d]", i), err)
		}
	}
	return payload, nil
}

func (e *event) decode(into *tracardi.NewEvent) error {
	*into = tracardi.NewEvent{
		ID: strings.TrimSpace(e.ID), Type: strings.TrimSpace(e.Type), Properties: e.Properties,
		Context: e.Context, Options: e.Options, Tags: e.Tags,
	}
	switch {
	case into.Type == "":
		return tracardi.InvalidField("type", "is missing: it says what happened, such as page-view")
	case !utf8.ValidString(into.Type): // only from an address: JSON is checked by its decoder
		return tracardi.InvalidField("type", "is no text in UTF-8")
	case len(into.Type) > maxType:
		return tracardi.InvalidField("type", "is longer than %d bytes", maxType)
	case len(into.ID) > maxID:
		return tracardi.InvalidField("id", "is longer than %d bytes", maxID)
	}
	if _, claims := into.Options.Get("source_id"); claims {
		into.Options.Delete("source_id") // only the platform itself may speak for another source
	}
	var err error
	if into.Insert, err = moment("time.insert", e.Time.Insert); err != nil {
		return err
	}
	if into.Create, err = moment("time.create", e.Time.Create); err != nil {
		return err
	}
	into.Update, err = moment("time.update", e.Time.Update)
	return err
}

// moment reads a time; what lies outside the years 1970 to 2100 is a mistake of the sender's clock or code.
func moment(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := tracardi.ParseTime(text)
	if err != nil {
		return t, inside(field, err)
	}
	if t.Year() < 1970 || t.Year() > 2100 {
		return t, tracardi.InvalidField(field, "%s lies outside the years 1970 to 2100", text)
	}
	return t, nil
}

// options reads the known options; a known one of another type than bool counts as not given.
func options(given tracardi.Object) (o tracardi.Options) {
	if given.Empty() {
		return o
	}
	isFalse := func(name string) bool {
		value, _ := given.Get(name)
		flag, isBool := value.(bool)
		return isBool && !flag
	}
	isTrue := func(name string) bool {
		value, _ := given.Get(name)
		return value == true
	}
	o.SkipSession, o.SkipEvents, o.SkipProfile = isFalse("saveSession"), isFalse("saveEvents"), isFalse("saveProfile")
	o.Debugger, o.Queued, o.Other = isTrue("debugger"), isTrue("async"), given
	return o
}

// inside puts a field's name before those in an error.
func inside(field string, err error) error {
	ours, ok := errors.AsType[*tracardi.Error](err)
	if !ok {
		return err
	}
	named := *ours
	named.Field = field
	if ours.Field != "" {
		named.Field = field + "." + ours.Field
	}
	return &named
}

// SyntaxError turns a decoder's error into one that names the field and says what was expected.
func SyntaxError(err error) error {
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		field := fieldOf(string(semantic.JSONPointer))
		if ours, ok := errors.AsType[*tracardi.Error](semantic.Err); ok {
			return inside(field, ours)
		}
		return tracardi.InvalidField(field, "must be %s, not %s", typeName(semantic), kindName(semantic.JSONKind))
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return tracardi.InvalidField(fieldOf(string(syntax.JSONPointer)), "the body is no valid JSON at byte %d: %v", syntax.ByteOffset, syntax.Err)
	}
	return tracardi.InvalidField("", "the body is no valid JSON: %v", err)
}

func typeName(err *json.SemanticError) string {
	if err.GoType == nil {
		return "of another type"
	}
	switch err.GoType.Kind().String() {
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	case "slice":
		return "a list"
	case "struct", "ptr", "map":
		return "an object"
	}
	return "of another type"
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 'n':
		return "null"
	}
	return "this"
}
