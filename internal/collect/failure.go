package collect

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
)

// refuse makes the error for a sender that may not send here: 401, as trackers know it.
func refuse(field, format string, args ...any) error {
	return &tracardi.Error{Kind: tracardi.Unauthenticated, Field: field, Message: fmt.Sprintf(format, args...)}
}

// busy makes the error for a sender who comes when there is no room.
func busy(message string) error {
	return &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: time.Second, Message: message, Err: errBusy}
}

var errBusy = errors.New("busy")

// later is what senders are told when something behind the edge fails: the names of servers and folders are for the log.
const later = "the events cannot be taken now: send them again in a moment"

var statusOf = map[tracardi.Kind]int{
	tracardi.Invalid:         http.StatusUnprocessableEntity,
	tracardi.NotFound:        http.StatusNotFound,
	tracardi.Unauthenticated: http.StatusUnauthorized,
	tracardi.Forbidden:       http.StatusForbidden,
	tracardi.TooLarge:        http.StatusRequestEntityTooLarge,
	tracardi.RateLimited:     http.StatusTooManyRequests,
	tracardi.Unavailable:     http.StatusServiceUnavailable,
	tracardi.Conflict:        http.StatusServiceUnavailable,
}

// Failure is what a sender is told of an error.
type Failure struct {
	Status  int // of HTTP, such as 422 for invalid input
	Kind    tracardi.Kind
	Field   string // at fault; empty when it is none
	Message string
}

// fail counts an error, logs one of ours and answers in the words of the dialect.
func (c *Collector) fail(w http.ResponseWriter, r *http.Request, err error, answer func(http.ResponseWriter, Failure)) {
	ours, ok := errors.AsType[*tracardi.Error](err)
	if !ok {
		ours = &tracardi.Error{Kind: tracardi.Internal, Err: err}
	}
	failure := Failure{Status: http.StatusInternalServerError, Kind: ours.Kind, Field: ours.Field, Message: ours.Message}
	if status, known := statusOf[ours.Kind]; known {
		failure.Status = status
	}
	if failure.Status >= 500 {
		c.Counts.Failed.Add(1)
		if r.Context().Err() == nil {
			c.options.Log.Error("collect: a request failed", "route", r.Pattern, "status", failure.Status, "error", err)
		}
	} else {
		c.Counts.Refused.Add(1)
	}
	if ours.Kind == tracardi.Internal {
		failure.Message = "an internal error: the server's log says more"
	}
	if failure.Status == http.StatusServiceUnavailable && !errors.Is(err, errBusy) {
		failure.Message = later
	}
	header := w.Header()
	if failure.Status == http.StatusServiceUnavailable || failure.Status == http.StatusTooManyRequests {
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(ours.RetryAfter.Seconds())))))
	}
	answer(w, failure)
}

// writeFailure answers in the shape that the tracker's dialect has: {"detail": text}, or a list with the field's place.
func writeFailure(w http.ResponseWriter, f Failure) {
	var detail any = f.Message
	if f.Field != "" {
		detail = []any{map[string]any{"loc": location(f.Field), "msg": f.Message, "type": strings.ReplaceAll(f.Kind.String(), " ", "_")}}
	}
	text, _ := json.Marshal(map[string]any{"detail": detail}) // texts and numbers only
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(f.Status)
	_, _ = w.Write(text) // who went away needs no answer
}

// location splits events[3].type into its steps, with numbers as numbers. A field that does not begin with another part of the
// request is in the body.
func location(field string) []any {
	names := strings.FieldsFunc(field, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
	var steps []any
	if len(names) == 0 || !slices.Contains([]string{"body", "query", "path", "header"}, names[0]) {
		steps = append(steps, "body")
	}
	for _, name := range names {
		if n, err := strconv.Atoi(name); err == nil {
			steps = append(steps, n)
			continue
		}
		steps = append(steps, name)
	}
	return steps
}
