package egress

import (
	"fmt"
	"io"
	"net/http"
)

// bounded lets answers through up to MaxBytes.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.ContentLength > MaxBytes {
		return nil, fmt.Errorf("%w: %w", errTooLarge, response.Body.Close())
	}
	response.Body = &limitedBody{response.Body, MaxBytes}
	return response, nil
}

// CloseIdleConnections lets the client close what it does not use.
func (b bounded) CloseIdleConnections() {
	if closer, ok := b.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

var errTooLarge = fmt.Errorf("the answer is larger than %d MB", MaxBytes>>20)

// limitedBody fails where io.LimitReader would end as if all were there.
type limitedBody struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, errTooLarge
	}
	return n, err
}
