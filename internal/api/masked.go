package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/personal"
	"github.com/tracardi/tracardi-go/storage"
)

// Who may not see personal data gets no answer that holds some. Documents and what is told about them are masked where they
// are read, by what is known of them there. Behind that stands masked, through which every answer goes that a handler does not
// write by itself: it looks at names and texts alone, and so also at those of a route that forgot.

// seesPersonal tells whether somebody may see personal data.
func (s *server) seesPersonal(tenant string, actor *auth.Actor) bool {
	return slices.Contains(s.workspace.Snapshot(tenant).General().PersonalData, string(actor.Role))
}

// configured are the first parts of the paths whose answers hold what people set up: it goes back as it came, so nothing in it
// can be masked. Below some of them are also data of customers, which their handlers mask.
var configured = []string{
	"openapi.json", "setup", "login", "logout", "me", "users", "tokens", "bridges", "sources", "redirects", "event-types", "query", "queue", "settings",
	"health", "views", "node-types", "flows", "runs", "triggers", "resource-types", "resources", "connection-tests",
}

// masked hides what looks like personal data in an answer to somebody who may not see it.
func masked(ctx huma.Context, _ string, body any) (any, error) {
	area, _, _ := strings.Cut(strings.TrimPrefix(ctx.Operation().Path, "/"), "/")
	if _, isProblem := body.(*Problem); isProblem || !of(ctx.Context()).masked || slices.Contains(configured, area) {
		return body, nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(personal.Mask(text)), nil
}

// shown is a stored document as the asker may see it.
func shown(ctx context.Context, body []byte) []byte {
	if of(ctx).masked {
		return personal.Document(body)
	}
	return body
}

// runTexts are the fields of stored runs that hold what the runs carried.
var runTexts = []string{"trace", "state", "subject", "failure", "reason"}

// isPersonal tells whether documents of a collection have personal data at a path.
func isPersonal(collection storage.Collection, path expr.Path) bool {
	steps := path.Steps()
	return personal.Path(steps...) || collection == storage.Runs && len(steps) > 0 && slices.Contains(runTexts, steps[0])
}

// mayAsk is Forbidden when a search asks for what the asker may not see: answers would tell it, one question after the other.
func mayAsk(ctx context.Context, field string, collection storage.Collection, text string, where *expr.Condition) error {
	if !of(ctx).masked {
		return nil
	}
	for _, asked := range where.Fields() {
		if isPersonal(collection, asked.Path) {
			return notYours(ctx, field, asked.Path)
		}
	}
	if personal.Text(text) != text {
		return looksPersonal(ctx, field)
	}
	return nil
}

// mayName is Forbidden when somebody is looked for by an e-mail address, as some are known.
func mayName(ctx context.Context, id string) error {
	if of(ctx).masked && personal.Text(id) != id {
		return looksPersonal(ctx, "path.id")
	}
	return nil
}

func looksPersonal(ctx context.Context, field string) error {
	return &tracardi.Error{
		Kind: tracardi.Forbidden, Field: field,
		Message: "holds what looks like personal data, such as an e-mail address, which your role " + string(of(ctx).actor.Role) + " may not search for",
	}
}

// mayGroup is Forbidden when documents are to be put in order, or counted, by what the asker may not see.
func mayGroup(ctx context.Context, field string, collection storage.Collection, path expr.Path) error {
	if of(ctx).masked && (isPersonal(collection, path) || personal.Around(path.Steps()...)) {
		return notYours(ctx, field, path)
	}
	return nil
}

// mayAskPath tells whether the asker may know that documents have a field, which a name of somebody may be a part of.
func mayAskPath(ctx context.Context, path string) bool {
	return !of(ctx).masked || !personal.Path(path) && personal.Text(path) == path
}

func notYours(ctx context.Context, field string, path expr.Path) error {
	return &tracardi.Error{
		Kind: tracardi.Forbidden, Field: field,
		Message: path.String() + " is personal data, which your role " + string(of(ctx).actor.Role) + " may not see: ask without it, or ask an administrator for the right",
	}
}

// mask hides what a run carried: flows make new values of old ones, so that nothing tells which of them are personal.
func (r *Run) mask() {
	r.Failure, r.Reason, r.Memory, r.Measures = dotted(r.Failure), dotted(r.Reason), personal.HideAll(r.Memory), nil
	for i := range r.Log {
		r.Log[i].Message = dotted(r.Log[i].Message)
	}
	for _, visits := range r.Nodes {
		for i := range visits {
			v := &visits[i]
			v.Input, v.Error, v.Note = personal.HideAll(v.Input), dotted(v.Error), dotted(v.Note)
			for j := range v.Results {
				v.Results[j].Payload = personal.HideAll(v.Results[j].Payload)
			}
		}
	}
}

// dotted is dots in the place of a text, if there is one.
func dotted(text string) string {
	if text == "" {
		return ""
	}
	return personal.Dots
}

// mask hides what a test of a flow brought to light.
func (t *FlowTested) mask() {
	for i := range t.Runs {
		t.Runs[i].mask()
	}
	t.Profile, t.Session, t.Response = personal.Document(t.Profile), personal.Document(t.Session), personal.HideAll(t.Response)
	for i := range t.Sent {
		t.Sent[i].Properties = personal.HideAll(t.Sent[i].Properties)
	}
	for _, list := range [][]json.RawMessage{t.UX, t.Log} {
		for i := range list {
			list[i] = hideJSON(list[i])
		}
	}
}

// hideJSON leaves the form of a JSON text.
func hideJSON(text []byte) json.RawMessage {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return json.RawMessage("null")
	}
	hidden, err := json.Marshal(personal.Hide(value))
	if err != nil {
		return json.RawMessage("null")
	}
	return hidden
}

// mask hides what a message holds, and why it failed, which may repeat it.
func (d *DeadLetter) mask() {
	d.Body, d.Reason = hideJSON(d.Body), dotted(d.Reason)
}

// mask hides personal data in what would become of a payload.
func (t *Trial) mask() {
	for i := range t.Stages {
		changes := t.Stages[i].Changes
		for j := range changes {
			c := &changes[j]
			steps := strings.Split(c.Path, ".")
			c.Before, c.After = personal.Value(c.Before, steps...), personal.Value(c.After, steps...)
		}
	}
	for i := range t.Events {
		t.Events[i] = personal.Document(t.Events[i])
	}
	for _, doc := range append(t.Others, t.Session, t.Profile) {
		if doc != nil {
			doc.After = personal.Document(doc.After)
			if doc.Before != nil {
				doc.Before = personal.Document(doc.Before)
			}
		}
	}
	if t.Refused != nil {
		t.Refused.Message = dotted(t.Refused.Message)
	}
}

// mask hides personal data in what happened to an event.
func (s *Story) mask() {
	for i := range s.Mapped {
		m := &s.Mapped[i]
		hide := personal.Path(strings.Split(m.From, ".")...) || personal.Path(strings.Split(m.To, ".")...)
		for _, value := range []*any{&m.Value, &m.Former} {
			if hide {
				*value = personal.Hide(*value)
			} else {
				*value = personal.Value(*value)
			}
		}
	}
	s.Received.IP, s.Identity.Name = dotted(s.Received.IP), dotted(s.Identity.Name)
}
