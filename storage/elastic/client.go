package elastic

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"
	"github.com/go-json-experiment/json"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/trust"
)

// client speaks REST with the servers. Requests go to the next server when one does not answer.
type client struct {
	transport *elastictransport.Client
	address   *Address
}

func newClient(a *Address) (*client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: a.trusted}
	transport.DialContext = (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	options := []elastictransport.Option{
		elastictransport.WithURLs(a.hosts...),
		elastictransport.WithUserAgent("tracardi"),
		elastictransport.WithMaxRetries(max(2, len(a.hosts))),
		elastictransport.WithRetryBackoff(func(attempt int) time.Duration { return 50 * time.Millisecond << attempt }),
		elastictransport.WithRetryOnError(func(r *http.Request, _ error) bool { return r.Context().Err() == nil }),
		elastictransport.WithTransport(transport),
	}
	if a.user != "" {
		options = append(options, elastictransport.WithBasicAuth(a.user, a.pass))
	}
	if a.apiKey != "" {
		options = append(options, elastictransport.WithHeader(http.Header{"Authorization": []string{"ApiKey " + a.apiKey}}))
	}
	t, err := elastictransport.NewClient(options...)
	if err != nil {
		return nil, err
	}
	return &client{transport: t, address: a}, nil
}

// refusal is an answer of the server that is not a success.
type refusal struct {
	status int
	kind   string // such as index_not_found_exception
	reason string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the server answered %d: %s", r.status, r.reason)
}

const requestTime = 30 * time.Second

// call sends a request with a JSON body, unless it is nil, and decodes the answer into out, unless that is nil.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	return c.send(ctx, method, path, "application/json", body, out)
}

func (c *client) send(ctx context.Context, method, path, kind string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", kind)
	response, err := c.transport.Perform(request)
	if err != nil {
		return c.failure(ctx, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return c.failure(ctx, err)
	}
	if response.StatusCode >= 300 {
		return c.refused(response.StatusCode, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return tracardi.Errorf(tracardi.Internal, "read the answer of %s: %w", path, err)
	}
	return nil
}

// failure is the error of a request without an answer.
func (c *client) failure(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = errors.Join(ended, err)
	}
	return &tracardi.Error{
		Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: err,
		Message: "the store of records at " + c.address.String() + " does not answer",
	}
}

// refused is the error of an answer that is no success.
func (c *client) refused(status int, answer []byte) error {
	var content struct {
		Error struct {
			Type      string `json:"type"`
			Reason    string `json:"reason"`
			RootCause []struct {
				Type   string `json:"type"`
				Reason string `json:"reason"`
			} `json:"root_cause"`
		} `json:"error"`
		Failures []struct {
			Cause fault `json:"cause"`
		} `json:"failures"` // of work on many documents
	}
	r := &refusal{status: status}
	if err := json.Unmarshal(answer, &content); err == nil && len(content.Failures) > 0 {
		r.kind, r.reason = content.Failures[0].Cause.Type, content.Failures[0].Cause.Reason
	} else if err == nil && content.Error.Type != "" {
		r.kind, r.reason = content.Error.Type, content.Error.Reason
		for _, cause := range content.Error.RootCause {
			r.kind, r.reason = cause.Type, cause.Reason
		}
	} else {
		r.reason = strings.TrimSpace(string(answer[:min(len(answer), 300)]))
	}
	return c.classed(r)
}

func (c *client) classed(r *refusal) error {
	switch {
	case r.kind == "cluster_block_exception", r.kind == "unavailable_shards_exception":
		return &tracardi.Error{
			Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: r,
			Message: "the store of records at " + c.address.String() + " cannot write now",
		}
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		return &tracardi.Error{
			Kind: tracardi.Unavailable, RetryAfter: 10 * time.Second, Err: r,
			Message: "the store of records at " + c.address.String() + " refuses the login or its rights",
		}
	case retryable(r.status):
		return &tracardi.Error{
			Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: r,
			Message: "the store of records at " + c.address.String() + " cannot do it now",
		}
	}
	return &tracardi.Error{Kind: tracardi.Internal, Err: r, Message: "the store of records refused a request"}
}

// retryable tells whether the same request may work in a moment.
func retryable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isRefusal tells whether the server answered with this kind of refusal.
func isRefusal(err error, kind string) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.kind == kind
}

func (c *client) close() error {
	c.transport.Close(context.Background()) //nolint:errcheck // nothing is in use any more
	return nil
}

// explain tells the operator about an error that kept the store from being opened. What does not pass by itself is Invalid.
func (c *client) explain(ctx context.Context, err error) error {
	if r, ok := errors.AsType[*refusal](err); ok && (r.status == http.StatusUnauthorized || r.status == http.StatusForbidden) {
		return tracardi.Errorf(tracardi.Invalid, "records-url: %s refuses the login: %s: check USER:PASSWORD or api-key, and its rights", c.address, r.reason)
	}
	if advice := trust.Explain(err); advice != "" {
		return tracardi.Errorf(tracardi.Invalid, "records-url: the server at %s cannot be used: %s: %w", c.address, advice, err)
	}
	if errors.Is(err, io.EOF) {
		for _, host := range c.address.hosts {
			if host.Scheme == "http" && trust.Expected(ctx, host.Host) {
				return tracardi.Errorf(tracardi.Invalid, "records-url: the server at %s speaks TLS: begin the URL with elasticsearchs:// or opensearchs://: %w", host.Host, err)
			}
		}
	}
	return fmt.Errorf("records-url: %w: check the address, the login and whether the server is up", err)
}
