package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
)

// Remote is a running server.
type Remote struct {
	url    string
	token  string
	client *http.Client
}

// NewRemote prepares to send to the server at an address such as http://127.0.0.1:8686. The token, if there is one, lets it make
// the demo's sources. Close frees the connections.
func NewRemote(address, token string) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, tracardi.InvalidField("url", "%q is no web address, such as http://127.0.0.1:8686", address)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 256, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
	}
	return &Remote{strings.TrimSuffix(address, "/"), token, &http.Client{Transport: transport, Timeout: time.Minute}}, nil
}

// Close frees the connections.
func (r *Remote) Close() { r.client.CloseIdleConnections() }

// MakeSources adds those of the demo's sources that the server does not have yet. Without a token it leaves that to others.
func (r *Remote) MakeSources(ctx context.Context) error {
	if r.token == "" {
		return nil
	}
	for _, source := range Sources() {
		body, err := json.Marshal(source)
		if err != nil {
			return err
		}
		status, _, text, err := r.post(ctx, "/api/v1/sources", body, http.Header{"Authorization": {"Bearer " + r.token}})
		if err != nil {
			return err
		}
		if status >= 300 && status != http.StatusConflict {
			return fmt.Errorf("make the source %q: status %d: %s", source.ID, status, text)
		}
	}
	return nil
}

// Sender sends to the server. An answer that it is too busy, and a server that is away for a while, are waited for.
func (r *Remote) Sender() Sender {
	return func(ctx context.Context, p *Payload, profile string) (string, error) {
		body, err := p.Body(profile)
		if err != nil {
			return "", err
		}
		header := http.Header{"User-Agent": {p.UserAgent}, "Accept-Language": {p.Languages}, "X-Forwarded-For": {p.Address}}
		for try := 1; ; try++ {
			answer, err := r.track(ctx, body, header)
			if err == nil {
				return answer, nil
			}
			if err := pause(ctx, try, err); err != nil {
				return "", err
			}
		}
	}
}

// track sends one payload and returns the profile's id.
func (r *Remote) track(ctx context.Context, body []byte, header http.Header) (string, error) {
	status, answered, text, err := r.post(ctx, "/track", body, header)
	switch {
	case err != nil:
		return "", err
	case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(answered.Get("Retry-After")) // 0 when it says nothing that we understand
		return "", &tracardi.Error{
			Kind: tracardi.Unavailable, RetryAfter: time.Duration(seconds) * time.Second, Message: fmt.Sprintf("the server answers %d: %s", status, text),
		}
	case status == http.StatusUnauthorized && r.token == "":
		return "", fmt.Errorf("the server answers 401: %s: with --admin-token the demo makes its own sources", text)
	case status != http.StatusOK:
		return "", fmt.Errorf("the server answers %d: %s", status, text)
	}
	var answer struct{ Profile struct{ ID string } }
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", fmt.Errorf("the server's answer: %w", err)
	}
	return answer.Profile.ID, nil
}

const maxAnswer = 1 << 20

func (r *Remote) post(ctx context.Context, path string, body []byte, header http.Header) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return 0, nil, nil, ctx.Err()
		}
		return 0, nil, nil, tracardi.Errorf(tracardi.Unavailable, "no answer from the server: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, nil, tracardi.Errorf(tracardi.Unavailable, "the server's answer broke off: %w", err)
	}
	return response.StatusCode, response.Header, bytes.TrimSpace(text), nil
}
