// Package trust is about TLS with servers: it reads the certificates by which one is trusted, and tells operators why it is not.
package trust

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// Authorities reads a file of certificates in PEM form. An error tells what is wrong with the parameter ca, which names it.
func Authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("has a ca that cannot be read: %w: name a file of certificates in PEM form", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("has the ca %s, which holds no certificates in PEM form", file)
	}
	return pool, nil
}

// Explain tells why a connection with TLS cannot be made and what to do. It is empty for everything that may pass by itself.
func Explain(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate is signed by an authority that is not trusted here: name the authority's certificate with ?ca=FILE"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("its certificate is not for %s: write a name in the URL for which it is, or give the server another one", name.Host)
	}
	if wrong, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprintf("its certificate is not valid (%v): give the server another one", wrong.Err)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return "it does not speak TLS there: leave the s or ssl out of the URL's scheme, or name the port at which it does"
	}
	return ""
}

// Expected tells whether a server that gave no answer to a plain request speaks TLS instead.
func Expected(ctx context.Context, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	// Nothing is sent, so it does not matter who answers.
	dialer := tls.Dialer{NetDialer: &net.Dialer{}, Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	connection, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return false
	}
	_ = connection.Close() // it was never used
	return true
}
