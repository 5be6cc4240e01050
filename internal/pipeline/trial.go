package pipeline

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/storage"
)

// Trial is what processing a payload would do.
type Trial struct {
	Stages     []Step // up to the one that failed
	Identified string // how the profile was found, see the constants
	Repeated   int    // events that are left out because they are stored already, or twice in the payload
	Events     []TrialDocument
	Session    TrialDocument
	Profile    TrialDocument   // both texts are empty for a profile-less payload
	Others     []TrialDocument // profiles of people that flows make events over to
	Answer     *tracardi.Answer
	Failure    error // why the last stage ended it; nil when it went through
}

// TrialDocument is a document before and after.
type TrialDocument struct {
	Before []byte // JSON; nil when it is new
	After  []byte
	Saved  bool // it would be stored
}

// Step is what one stage did.
type Step struct {
	Name    string
	Took    time.Duration
	Changes []FieldChange
}

// FieldChange is a field that a stage gave another value.
type FieldChange struct {
	Document string // session, profile, events[n], or others[n] for the profile of somebody that an event is made over to
	Path     string
	Before   any // nil when there was none
	After    any // nil when it was removed
}

// Try takes a payload through all stages and stores nothing. A payload that a stage refuses is no error but a part of the
// result.
func (p *Pipeline) Try(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source) (*Trial, error) {
	w := p.newWork(payload, source)
	w.pretend(&flow.Test{}, &pretended{clock: p.options.Now})
	locks := &held{locks: p.options.Locks, tenant: payload.Tenant}
	defer locks.release()
	defer p.people.drop(w) // nobody else is to see what was tried
	t := &Trial{}
	begin := time.Now()
	if err := p.load(ctx, w, locks, true); err != nil {
		return nil, err
	}
	took := time.Since(begin)
	t.Identified, t.Repeated = w.Identified, len(payload.Events)-len(w.Incoming)
	if err := p.former(ctx, w, t); err != nil {
		return nil, err
	}
	before := map[string][]byte{"session": t.Session.Before, "profile": t.Profile.Before}
	after := w.documents()
	t.Stages = []Step{{Name: "load", Took: took, Changes: differences(before, after)}}
	for i := range p.stages {
		single := &Pipeline{options: p.options, stages: p.stages[i : i+1]}
		begin := time.Now()
		t.Failure = single.run(ctx, w)
		step := Step{Name: p.stages[i].name, Took: time.Since(begin)}
		before, after = after, w.documents()
		if err := p.formerOthers(ctx, w, t, before); err != nil {
			return nil, err
		}
		step.Changes = differences(before, after)
		t.Stages = append(t.Stages, step)
		if t.Failure != nil {
			return t, nil
		}
	}
	t.conclude(w)
	return t, nil
}

// former reads the documents as they are stored.
func (p *Pipeline) former(ctx context.Context, w *Work, t *Trial) error {
	for _, d := range []struct {
		collection storage.Collection
		id         string
		exists     bool
		into       *[]byte
	}{
		{storage.Sessions, w.Session.ID, !w.Session.New, &t.Session.Before},
		{storage.Profiles, profileIDOf(w), w.Profile != nil && !w.Profile.New, &t.Profile.Before},
	} {
		if !d.exists {
			continue
		}
		docs, err := p.options.Records.Read(ctx, w.Payload.Tenant, d.collection, []string{d.id})
		if err != nil {
			return err
		}
		*d.into = docs[0].Body
	}
	return nil
}

// formerOthers reads the profiles, as they are stored, of people that the last stage made events over to.
func (p *Pipeline) formerOthers(ctx context.Context, w *Work, t *Trial, before map[string][]byte) error {
	for i := len(t.Others); i < len(w.others); i++ {
		docs, err := p.options.Records.Read(ctx, w.Payload.Tenant, storage.Profiles, []string{w.others[i].Profile.ID})
		if err != nil {
			return err
		}
		t.Others = append(t.Others, TrialDocument{Before: docs[0].Body})
		before[otherName(i)] = docs[0].Body
	}
	return nil
}

func otherName(i int) string { return fmt.Sprintf("others[%d]", i) }

func profileIDOf(w *Work) string {
	if w.Profile == nil {
		return ""
	}
	return w.Profile.ID
}

// conclude notes what would be stored and answered.
func (t *Trial) conclude(w *Work) {
	t.Answer = w.answer()
	t.Session.After = w.Session.AppendJSON(nil)
	if w.Profile != nil {
		t.Profile.After = w.Profile.AppendJSON(nil)
	}
	for _, e := range w.Events {
		t.Events = append(t.Events, TrialDocument{After: e.AppendJSON(nil), Saved: w.SaveEvents})
	}
	shown := map[storage.Collection]map[string]*TrialDocument{
		storage.Sessions: {w.Session.ID: &t.Session}, storage.Profiles: {profileIDOf(w): &t.Profile},
	}
	for i, other := range w.others {
		t.Others[i].After = other.Profile.AppendJSON(nil)
		shown[storage.Profiles][other.Profile.ID] = &t.Others[i]
	}
	for _, write := range w.changes(new([]byte)).Writes {
		if doc := shown[write.Collection][write.Doc.ID]; doc != nil {
			doc.After, doc.Saved = write.Doc.Body, true
		}
	}
}

// documents are the work's documents as JSON.
func (w *Work) documents() map[string][]byte {
	texts := map[string][]byte{"session": w.Session.AppendJSON(nil)}
	if w.Profile != nil {
		texts["profile"] = w.Profile.AppendJSON(nil)
	}
	for i, other := range w.others {
		texts[otherName(i)] = other.Profile.AppendJSON(nil)
	}
	for i, e := range w.Events {
		texts[fmt.Sprintf("events[%d]", i)] = e.AppendJSON(nil)
	}
	return texts
}

// differences lists the fields whose values are others, document by document in the order of their paths.
func differences(before, after map[string][]byte) (changes []FieldChange) {
	names := make([]string, 0, len(after))
	for name := range after {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { // events[10] comes behind events[9]
		if len(a) != len(b) && strings.HasPrefix(a, "events") && strings.HasPrefix(b, "events") {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		was, is := fieldsOf(before[name]), fieldsOf(after[name])
		paths := make([]string, 0, len(is))
		for path, value := range is {
			if former, had := was[path]; !had || !reflect.DeepEqual(former, value) {
				paths = append(paths, path)
			}
		}
		for path := range was {
			if _, still := is[path]; !still {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		for _, path := range paths {
			changes = append(changes, FieldChange{Document: name, Path: path, Before: was[path], After: is[path]})
		}
	}
	return changes
}

// fieldsOf lists the values of a document by their paths. Lists are values.
func fieldsOf(text []byte) map[string]any {
	fields := map[string]any{}
	if len(text) == 0 {
		return fields
	}
	var walk func(tree map[string]any, prefix string)
	walk = func(tree map[string]any, prefix string) {
		for name, value := range tree {
			if inner, ok := value.(map[string]any); ok && len(inner) > 0 {
				walk(inner, prefix+name+".")
				continue
			}
			fields[prefix+name] = value
		}
	}
	object := tracardi.RawObject(string(text))
	walk(object.Map(), "")
	return fields
}
