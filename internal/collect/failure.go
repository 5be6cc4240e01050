package collect

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
)

// refuse makes the error for a sender that may not send here: 401, as trackers know it.
func refuse(field, format string, args ...any) error {
	return &tracardi.Error{Kind: tracardi.Unauthenticated, Field: field, Message: fmt.Sprintf(format, args...)}
}

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

// fail answers with an error in the shape that the tracker's dialect has: {"detail": text}, or a list with the field's place.
func (c *Collector) fail(w http.ResponseWriter, r *http.Request, err error) {
	ours, ok := errors.AsType[*tracardi.Error](err)
	if !ok {
		ours = &tracardi.Error{Kind: tracardi.Internal, Err: err}
	}
	status, known := statusOf[ours.Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	if status >= 500 {
		c.Counts.Failed.Add(1)
		if r.Context().Err() == nil {
			c.options.Log.Error("collect: a request failed", "path", r.URL.Path, "status", status, "error", err)
		}
	} else {
		c.Counts.Refused.Add(1)
	}
	message := ours.Message
	if ours.Kind == tracardi.Internal {
		message = "an internal error: the server's log says more"
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(ours.RetryAfter.Seconds())))))
	}
	var detail any = message
	if ours.Field != "" {
		detail = []any{map[string]any{"loc": location(ours.Field), "msg": message, "type": strings.ReplaceAll(ours.Kind.String(), " ", "_")}}
	}
	text, _ := json.Marshal(map[string]any{"detail": detail}) // texts and numbers only
	if w.Header().Get("Access-Control-Allow-Origin") == "" {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(text) // who went away needs no answer
}

// location splits events[3].type into its steps, with numbers as numbers.
func location(field string) []any {
	steps := []any{"body"}
	for _, step := range strings.FieldsFunc(field, func(c rune) bool { return c == '.' || c == '[' || c == ']' }) {
		if n, err := strconv.Atoi(step); err == nil {
			steps = append(steps, n)
			continue
		}
		if step != "body" {
			steps = append(steps, step)
		}
	}
	return steps
}
