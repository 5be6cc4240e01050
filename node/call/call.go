// Package call makes the HTTP calls of nodes, and turns answers into what flows go on with.
package call

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// The size of answers.
const (
	DefaultBytes = 1 << 20  // that is read where nothing else is said
	MaxBytes     = 10 << 20 // that is ever read
)

// Request is a call of another system. It has at most one of JSON, Form and Body.
type Request struct {
	System  string // who is called, as messages name it: "Discord"
	Method  string // GET, or POST with a body, when empty
	URL     string // may hold secrets: it is never shown
	Query   url.Values
	Header  map[string]string
	Cookies map[string]string
	User    string // with Password, when one of them is set: HTTP basic authentication
	Password,
	Bearer string // token of the Authorization header

	JSON any
	Form url.Values
	Body []byte
	Type string // media type of Body, or another one for JSON

	Timeout time.Duration // the client's own when zero
	Bytes   int64         // of the answer that are read; DefaultBytes when zero
}

// Answer is what the other system said.
type Answer struct {
	System string
	Status int
	Header http.Header
	Body   []byte
}

// Do makes the call. It is an error, which may be worth another attempt, when the system can't be reached, says that it is busy
// or broken, or answers too much; any other answer is for the caller to look at. When the request was sent and the answer is lost,
// nobody knows what the system did: that is an error of node.Unknown, unless a second request does no harm.
func (r Request) Do(ctx context.Context, in *node.Input) (*Answer, error) {
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	request, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	response, err := in.Client().Do(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		err = tracardi.Errorf(tracardi.Unavailable, "%s can't be reached: %w", r.System, withoutURL(err))
		if sent.Load() {
			err = unlessRepeatable(err, request)
		}
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	limit := min(cmp.Or(r.Bytes, DefaultBytes), MaxBytes)
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		err = tracardi.Errorf(tracardi.Unavailable, "the answer of %s broke off: %w", r.System, withoutURL(err))
		if response.StatusCode < http.StatusMultipleChoices { // it did what it was asked for, and what it said of that is lost
			err = unlessRepeatable(err, request)
		}
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, tracardi.Errorf(tracardi.TooLarge, "the answer of %s is larger than %d bytes", r.System, limit)
	}
	answer := &Answer{r.System, response.StatusCode, response.Header, body}
	switch {
	case answer.Status == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return nil, &tracardi.Error{Kind: tracardi.RateLimited, Message: answer.refusal(), RetryAfter: time.Duration(max(seconds, 1)) * time.Second}
	case answer.Status >= http.StatusInternalServerError:
		return nil, tracardi.Errorf(tracardi.Unavailable, "%s", answer.refusal())
	}
	return answer, nil
}

// IdempotencyKey is the header by which many systems take a request that comes twice for one.
const IdempotencyKey = "Idempotency-Key"

// Repeatable tells whether a second request of a method does no harm, as HTTP has it of all but POST and PATCH.
func Repeatable(method string) bool { return method != http.MethodPost && method != http.MethodPatch }

// unlessRepeatable makes an error one of which nobody knows what the system did, unless the request may be sent again.
func unlessRepeatable(err error, request *http.Request) error {
	if Repeatable(request.Method) || request.Header.Get(IdempotencyKey) != "" {
		return err
	}
	return node.Unknown(err)
}

// Output makes the call and goes on: at the port with the answer's payload, or at the error port when the system refuses.
func (r Request) Output(ctx context.Context, in *node.Input, port string) (node.Output, error) {
	answer, err := r.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	return answer.Output(port), nil
}

// Reply is Output with what the system said as the payload itself; what is no object becomes {"content": …}.
func (r Request) Reply(ctx context.Context, in *node.Input, port string) (node.Output, error) {
	answer, err := r.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if object, ok := answer.Content().(map[string]any); ok && answer.OK() {
		return node.To(port, object), nil
	}
	if answer.OK() {
		return node.To(port, map[string]any{"content": answer.Content()}), nil
	}
	return answer.Refuse(answer.Payload()), nil
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	body, kind, err := r.body()
	if err != nil {
		return nil, err
	}
	method := cmp.Or(r.Method, http.MethodGet)
	if r.Method == "" && kind != "" {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(body))
	if err != nil || request.URL.Host == "" || request.URL.Scheme != "http" && request.URL.Scheme != "https" {
		return nil, tracardi.Errorf(tracardi.Invalid, "the address of %s is no URL that begins with http:// or https://", r.System)
	}
	if len(r.Query) > 0 {
		query := request.URL.Query()
		for name, values := range r.Query {
			query[name] = append(query[name], values...)
		}
		request.URL.RawQuery = query.Encode()
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Accept", "application/json, */*;q=0.5")
	if r.User != "" || r.Password != "" {
		request.SetBasicAuth(r.User, r.Password)
	}
	if r.Bearer != "" {
		request.Header.Set("Authorization", "Bearer "+r.Bearer)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	for name, value := range r.Cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return request, nil
}

func (r Request) body() (body []byte, kind string, err error) {
	switch {
	case r.JSON != nil:
		if body, err = json.Marshal(r.JSON); err != nil {
			return nil, "", fmt.Errorf("body for %s: %w", r.System, err)
		}
		return body, cmp.Or(r.Type, "application/json"), nil
	case r.Form != nil:
		return []byte(r.Form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return r.Body, r.Type, nil
}

// withoutURL takes the URL out of an error of the client, since it may hold secrets.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// OK tells whether the system did what it was asked for.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status < 300 }

// Content is the body: decoded when it is JSON, else a text; null when there is none.
func (a *Answer) Content() any {
	var value any
	switch {
	case len(a.Body) == 0:
		return nil
	case json.Unmarshal(a.Body, &value) == nil:
		return value
	}
	return strings.ToValidUTF8(string(a.Body), "\uFFFD")
}

// Cookies are the cookies that the answer sets.
func (a *Answer) Cookies() map[string]any {
	cookies := map[string]any{}
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		cookies[cookie.Name] = cookie.Value
	}
	return cookies
}

// Payload is the answer as a payload: {"status": 200, "content": …}.
func (a *Answer) Payload() map[string]any {
	return map[string]any{"status": a.Status, "content": a.Content()}
}

// Output goes on with the answer: at the port when the system did what it was asked for, else at the error port, with a message.
func (a *Answer) Output(port string) node.Output { return a.With(port, a.Payload()) }

// With is Output with a payload that the node makes of the answer.
func (a *Answer) With(port string, payload map[string]any) node.Output {
	if a.OK() {
		return node.To(port, payload)
	}
	return a.Refuse(payload)
}

// Refuse goes on at the error port with what the system said.
func (a *Answer) Refuse(payload map[string]any) node.Output {
	refused := map[string]any{"message": a.refusal()}
	for name, value := range payload {
		refused[name] = value
	}
	return node.To(node.ErrorPort, refused)
}

// maxShown is how much of an answer a message repeats, in bytes.
const maxShown = 300

func (a *Answer) refusal() string {
	text := strings.ToValidUTF8(strings.TrimSpace(string(a.Body)), "\uFFFD")
	if len(text) > maxShown {
		for text = text[:maxShown]; !utf8.ValidString(text); {
			text = text[:len(text)-1]
		}
		text += "…"
	}
	message := fmt.Sprintf("%s answered %d %s", a.System, a.Status, http.StatusText(a.Status))
	if text == "" {
		return message
	}
	return message + ": " + text
}

// Reach is for resources that test their connection: it is an error when a system can't be reached, or refuses the account.
func Reach(ctx context.Context, network node.Network, r Request) error {
	request, err := r.build(ctx)
	if err != nil {
		return err
	}
	response, err := network.Client().Do(request)
	if err != nil {
		return tracardi.Errorf(tracardi.Unavailable, "it can't be reached: %w", withoutURL(err))
	}
	_ = response.Body.Close()
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return tracardi.Errorf(tracardi.Invalid, "it refuses the account: %s", response.Status)
	}
	return nil
}
