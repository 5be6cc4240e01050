package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// Problem is the body of every error (RFC 9457).
type Problem struct {
	Title     string  `json:"title" doc:"The status in words."`
	Status    int     `json:"status" doc:"The HTTP status."`
	Detail    string  `json:"detail" doc:"What failed, why, and what to do."`
	RequestID string  `json:"request_id" doc:"Finds the request in the log."`
	Errors    []Fault `json:"errors,omitempty" nullable:"false" doc:"Which parts of the request are wrong."`

	retryAfter time.Duration
}

// Fault is what is wrong with one part of a request.
type Fault struct {
	Location string    `json:"location" doc:"The part, such as body.name or query.q."`
	Message  string    `json:"message"`
	Position *Position `json:"position,omitempty" doc:"Where a condition stops making sense."`
}

// Position is a place in a condition.
type Position struct {
	Offset   int      `json:"offset" doc:"Bytes before the place."`
	Line     int      `json:"line" doc:"From 1."`
	Column   int      `json:"column" doc:"Characters, from 1."`
	Found    string   `json:"found" doc:"What stands there."`
	Expected []string `json:"expected" nullable:"false" doc:"What could stand there."`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus tells the framework the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells the framework the type of the body.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders tells the framework the headers that belong to the status.
func (p *Problem) GetHeaders() http.Header {
	header := http.Header{}
	if p.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="tracardi"`)
	}
	if p.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return header
}

const problemType = "application/problem+json"

var statuses = map[tracardi.Kind]int{
	tracardi.Internal:        http.StatusInternalServerError,
	tracardi.Invalid:         http.StatusUnprocessableEntity,
	tracardi.NotFound:        http.StatusNotFound,
	tracardi.Conflict:        http.StatusConflict,
	tracardi.Unauthenticated: http.StatusUnauthorized,
	tracardi.Forbidden:       http.StatusForbidden,
	tracardi.TooLarge:        http.StatusRequestEntityTooLarge,
	tracardi.RateLimited:     http.StatusTooManyRequests,
	tracardi.Unavailable:     http.StatusServiceUnavailable,
}

// defaultRetry is told when a dependency is away and nobody knows for how long.
const defaultRetry = 5 * time.Second

// problem makes the answer out of an error. Surprises are logged, and the user sees only where to look for them.
func (s *server) problem(ctx context.Context, err error) *Problem {
	about := of(ctx)
	if p, ok := errors.AsType[*Problem](err); ok {
		p.RequestID = about.id
		return p
	}
	if model, ok := errors.AsType[*huma.ErrorModel](err); ok {
		return translate(model, about)
	}
	// An address may name a person: the log has the route's pattern instead.
	e, ok := errors.AsType[*tracardi.Error](err)
	if !ok || e.Kind == tracardi.Internal {
		s.log.Error("request failed", "request", about.id, "route", about.http.Pattern, "error", err)
		return &Problem{Status: http.StatusInternalServerError, RequestID: about.id, Detail: "something went wrong that should not: " +
			"look for this request's id in the log, or give it to whoever runs the program"}
	}
	p := &Problem{Status: statuses[e.Kind], Detail: e.Message, RequestID: about.id, retryAfter: e.RetryAfter}
	p.Errors = faults(about.http.Method, err)
	if e.Field != "" {
		p.Detail = e.Field + ": " + e.Message
	}
	switch e.Kind {
	case tracardi.Invalid:
		if len(p.Errors) == 0 || strings.HasPrefix(p.Errors[0].Location, "query.") {
			p.Status = http.StatusBadRequest
		}
		if syntax, ok := errors.AsType[*expr.SyntaxError](err); ok {
			p.Errors[0].Position = positionOf(syntax)
		}
	case tracardi.Unavailable:
		s.log.Warn("request could not be served", "request", about.id, "route", about.http.Pattern, "error", err)
		if p.retryAfter == 0 {
			p.retryAfter = defaultRetry
		}
	}
	return p
}

// faults are the fields that an error names; several when it was joined of several.
func faults(method string, err error) (all []Fault) {
	for _, part := range tracardi.Parts(err) {
		if e, ok := errors.AsType[*tracardi.Error](part); ok && e.Field != "" {
			all = append(all, Fault{Location: location(method, e.Field), Message: e.Message})
		}
	}
	return all
}

// asError returns the first error of ours in a chain; nil when there is none.
func asError(err error) *tracardi.Error {
	e, _ := errors.AsType[*tracardi.Error](err)
	return e
}

// location says where in the request a field is. What reads has no body.
func location(method, field string) string {
	part, _, _ := strings.Cut(field, ".")
	switch {
	case part == "query" || part == "path" || part == "body" || part == "header":
		return field
	case method == http.MethodGet || method == http.MethodHead || method == http.MethodDelete:
		return "query." + field
	}
	return "body." + field
}

func positionOf(e *expr.SyntaxError) *Position {
	expected := e.Expected
	if expected == nil {
		expected = []string{}
	}
	return &Position{Offset: e.Offset, Line: e.Line, Column: e.Column, Found: e.Found, Expected: expected}
}

// refuse answers a request that does not reach its handler.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, s.problem(r.Context(), err))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	p.Title = http.StatusText(p.Status)
	header := w.Header()
	for name, values := range p.GetHeaders() {
		header[name] = values
	}
	header.Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	_ = out.Encode(p) // who cannot be told has gone
}

// ours turns the framework's own errors into problems of ours. The values that it would send back may be secrets.
func ours(ctx huma.Context, _ string, body any) (any, error) {
	switch body := body.(type) {
	case *Problem:
		body.Title = http.StatusText(body.Status)
	case *huma.ErrorModel:
		return translate(body, of(ctx.Context())), nil
	}
	return body, nil
}

func translate(model *huma.ErrorModel, about *request) *Problem {
	p := &Problem{Title: http.StatusText(model.Status), Status: model.Status, Detail: model.Detail, RequestID: about.id}
	for _, detail := range model.Errors {
		p.Errors = append(p.Errors, faultOf(detail))
	}
	p.Errors = inNodes(p.Errors, about.sent.Bytes())
	if len(p.Errors) > 0 {
		p.Detail = fmt.Sprintf("%s: %s", p.Errors[0].Location, p.Errors[0].Message)
	}
	return p
}

func faultOf(detail *huma.ErrorDetail) Fault {
	fault := Fault{Location: detail.Location, Message: detail.Message}
	if name, ok := strings.CutPrefix(detail.Message, "expected required property "); ok {
		name, _ = strings.CutSuffix(name, " to be present")
		fault = Fault{Location: detail.Location + "." + name, Message: "is missing"}
	}
	return fault
}
