package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/personal"
	"github.com/tracardi/tracardi-go/storage"
)

// Limits of suggestions: people type on and do not wait for them.
const (
	suggestTime   = 400 * time.Millisecond
	suggestDays   = 7   // values are looked for among the documents of these days
	suggestValues = 200 // values among which those that begin as typed are looked for
	maxSuggested  = 50
)

// Suggestion is a way to go on with a search.
type Suggestion struct {
	Text  string `json:"text" doc:"What to put in the place."`
	Kind  string `json:"kind" enum:"field,operator,value,keyword"`
	Type  string `json:"type,omitempty" doc:"What a field holds, such as string or number."`
	Count int64  `json:"count,omitempty" doc:"In how many of the documents that were looked at it occurs."`
}

// Suggestions are the ways to go on with a search at the cursor. Positions count characters.
type Suggestions struct {
	From  int          `json:"from" doc:"Where the text begins that a suggestion replaces."`
	To    int          `json:"to" doc:"Where it ends."`
	Items []Suggestion `json:"items" nullable:"false"`
	More  bool         `json:"more,omitempty" doc:"Time was over before all was looked at: asked again in a moment, there may be more."`
}

func (d documents) suggest(ctx context.Context, in *struct {
	Q      string `query:"q" maxLength:"16384" doc:"The search as far as it is typed."`
	Cursor int    `query:"cursor" minimum:"-1" default:"-1" doc:"The number of characters before the cursor; -1 for the end."`
},
) (*struct{ Body Suggestions }, error) {
	place := expr.Complete(in.Q, byteOffset(in.Q, in.Cursor))
	out := &struct{ Body Suggestions }{Suggestions{
		From: utf8.RuneCountInString(in.Q[:place.From]), To: utf8.RuneCountInString(in.Q[:place.To]), Items: []Suggestion{},
	}}
	limited, cancel := context.WithTimeout(ctx, suggestTime)
	defer cancel()
	var err error
	switch place.Kind {
	case expr.WantField:
		out.Body.Items, err = d.fields(limited, place.Prefix)
	case expr.WantValue:
		out.Body.Items, err = d.values(limited, place.Field, place.Prefix)
	}
	if err != nil && (limited.Err() == nil || ctx.Err() != nil) {
		return nil, err
	}
	out.Body.More = err != nil
	kind := place.Kind
	if kind == expr.WantField || kind == expr.WantValue {
		kind = expr.WantKeyword // words of the language that stand where a field or a value can
	}
	for _, word := range place.Keywords {
		out.Body.Items = append(out.Body.Items, Suggestion{Text: word, Kind: kind})
	}
	return out, nil
}

// byteOffset turns a number of characters into one of bytes; below 0 is the end.
func byteOffset(text string, characters int) int {
	if characters < 0 {
		return len(text)
	}
	for i := range text {
		if characters == 0 {
			return i
		}
		characters--
	}
	return len(text)
}

// fields suggests the fields that occur in documents: those that begin as typed, then those that contain it.
func (d documents) fields(ctx context.Context, prefix string) ([]Suggestion, error) {
	seen, err := d.s.records.Fields(ctx, of(ctx).tenant, d.collection)
	if err != nil {
		return []Suggestion{}, err
	}
	source, name, hasSource := strings.Cut(prefix, "@")
	if !hasSource {
		source, name = "", prefix
	} else if !strings.EqualFold(source, string(d.collection)) {
		return []Suggestion{}, nil
	} else {
		source += "@"
	}
	items := []Suggestion{}
	for _, field := range seen {
		if rank(field.Path, name) < unranked && mayAskPath(ctx, field.Path) {
			items = append(items, Suggestion{Text: source + field.Path, Kind: expr.WantField, Type: strings.Join(field.Types, " or "), Count: field.Count})
		}
	}
	slices.SortStableFunc(items, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(rank(a.Text[len(source):], name), rank(b.Text[len(source):], name)), strings.Compare(a.Text, b.Text))
	})
	return items[:min(len(items), maxSuggested)], nil
}

const unranked = 2

// rank is 0 for what begins as typed, 1 for what contains it and unranked for the rest.
func rank(text, typed string) int {
	text, typed = strings.ToLower(text), strings.ToLower(typed)
	switch {
	case strings.HasPrefix(text, typed):
		return 0
	case strings.Contains(text, typed):
		return 1
	}
	return unranked
}

// values suggests the values that a field has most often.
func (d documents) values(ctx context.Context, field, prefix string) ([]Suggestion, error) {
	items := []Suggestion{}
	_, path, hasSource := strings.Cut(field, "@")
	if !hasSource {
		path = field
	}
	parsed, err := expr.ParsePath(path)
	if err != nil || mayGroup(ctx, "query.q", d.collection, parsed) != nil {
		return items, nil // a function stands on the left: nobody knows its values; or nobody is to know them
	}
	q := storage.Query{From: time.Now().AddDate(0, 0, -suggestDays)}
	values, err := d.s.records.Top(ctx, of(ctx).tenant, d.collection, q, parsed.String(), suggestValues)
	if err != nil {
		return items, err
	}
	for _, v := range values {
		if rank(fmt.Sprint(v.Value), prefix) < unranked && len(items) < maxSuggested {
			if text, ok := valueText(v.Value); ok && !(of(ctx).masked && personal.Text(text) != text) {
				items = append(items, Suggestion{Text: text, Kind: expr.WantValue, Count: v.Count})
			}
		}
	}
	return items, nil
}

// valueText is a value as conditions have it, in quotes and without wildcards.
func valueText(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return strings.NewReplacer("*", `\*`, "?", `\?`).Replace(literal(value)), true
	case bool, float64, int64, int:
		return fmt.Sprint(value), true
	}
	return "", false
}

// Query is a search to be checked.
type Query struct {
	Q      string `json:"q" maxLength:"16384"`
	Record string `json:"record,omitempty" enum:"event,session,profile" doc:"What is searched. Without it every field needs its source, as in flows and segments."`
}

// QueryCheck tells whether a search makes sense.
type QueryCheck struct {
	Valid     bool      `json:"valid"`
	Canonical string    `json:"canonical,omitempty" doc:"The search as the program writes it."`
	Message   string    `json:"message,omitempty" doc:"Why it makes no sense."`
	Position  *Position `json:"position,omitempty" doc:"Where it stops making sense."`
}

func (s *server) validateQuery(_ context.Context, in *struct{ Body Query }) (*struct{ Body QueryCheck }, error) {
	var condition *expr.Condition
	var err error
	if in.Body.Record == "" {
		condition, err = expr.Parse(in.Body.Q)
	} else {
		condition, err = expr.ParseSearch(in.Body.Q, in.Body.Record)
	}
	if err == nil {
		return &struct{ Body QueryCheck }{QueryCheck{Valid: true, Canonical: condition.String()}}, nil
	}
	syntax, ok := errors.AsType[*expr.SyntaxError](err)
	if !ok {
		return nil, tracardi.InvalidField("q", "%v", err)
	}
	return &struct{ Body QueryCheck }{QueryCheck{Message: err.Error(), Position: positionOf(syntax)}}, nil
}
