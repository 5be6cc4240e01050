package tracardi

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind classes errors. The list is closed: HTTP status, retry and logging depend on it.
type Kind uint8

// The kinds of errors.
const (
	Internal        Kind = iota // a surprise: users see only a reference, operators the cause
	Invalid                     // the caller's fault; Field says which part
	NotFound                    // there is no such thing
	Conflict                    // the version is stale or the id is taken
	Unauthenticated             // who are you?
	Forbidden                   // you may not
	TooLarge                    // over a limit; Field says which part
	RateLimited                 // too much at once; RetryAfter is set
	Unavailable                 // a dependency is down or full; safe to retry
)

var kindNames = [...]string{
	"internal", "invalid", "not found", "conflict", "unauthenticated", "forbidden", "too large", "rate limited", "unavailable",
}

// String returns the kind in words.
func (k Kind) String() string { return kindNames[k] }

// Error is an error with a kind and a sentence that may be shown to the user.
type Error struct {
	Kind       Kind
	Field      string        // path of the offending input, such as "events[3].type"; empty if none
	Message    string        // what failed, why and what to do; shown to users
	RetryAfter time.Duration // for RateLimited and Unavailable
	Err        error         // the cause: logged, never shown
}

// Error returns the field, the message and, when the message does not hold it yet, the cause.
func (e *Error) Error() string {
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Err != nil && !strings.Contains(text, e.Err.Error()) {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind. A %w argument becomes the cause.
func Errorf(kind Kind, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err)}
}

// InvalidField makes an Invalid error that names the offending field.
func InvalidField(field, format string, args ...any) error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Under puts the fields of Invalid errors, joined ones included, below another field: what is wrong with a part of the input is
// wrong with the whole.
func Under(field string, err error) error {
	var under []error
	for _, part := range Parts(err) {
		if e, ok := errors.AsType[*Error](part); ok && e.Kind == Invalid {
			moved := *e
			moved.Field = strings.TrimSuffix(field+"."+e.Field, ".")
			part = &moved
		}
		under = append(under, part)
	}
	return errors.Join(under...)
}

// Parts are the errors that were joined into one, or the one itself.
func Parts(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var parts []error
	for _, part := range joined.Unwrap() {
		parts = append(parts, Parts(part)...)
	}
	return parts
}

// KindOf returns the kind of the first Error in the chain, and Internal when there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
