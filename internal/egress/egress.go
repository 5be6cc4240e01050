// Package egress is the one way out: every call that flows make to other systems goes through it. It reaches the public internet
// and what the operator allows, looks at the address at the moment of connecting, so that no name and no redirect leads elsewhere,
// and bounds how long a call takes and how much it brings.
package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"

	"github.com/tracardi/tracardi-go"
)

// The bounds of a call.
const (
	Timeout   = 30 * time.Second // of a whole call, redirects included
	MaxBytes  = 10 << 20         // of an answer, unpacked
	redirects = 5

	connectTimeout = 10 * time.Second
	idleTimeout    = 90 * time.Second
	idlePerHost    = 16
	headerBytes    = 64 << 10
)

// Network is the guarded way to other systems. It implements node.Network.
type Network struct {
	dialer net.Dialer
	client *http.Client
}

// azure is where machines in Azure's cloud find what manages them: inside, although the address is a public one.
var azure = netip.MustParsePrefix("168.63.129.16/32")

// New makes a network. allow are the private ranges that may be called beside the public internet.
func New(allow []netip.Prefix) *Network {
	var v4, v6 []netip.Prefix
	for _, network := range allow {
		if network.Addr().Is4() {
			v4 = append(v4, network)
		} else {
			v6 = append(v6, network)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...), ssrf.WithDeniedV4Prefixes(azure))
	n := &Network{dialer: net.Dialer{Timeout: connectTimeout, Control: guard.Safe}}
	n.client = &http.Client{
		Timeout:       Timeout,
		CheckRedirect: checkRedirect,
		Transport: bounded{&http.Transport{ // no proxy of the environment: it would connect for us, unguarded
			DialContext:            n.Dial,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    connectTimeout,
			IdleConnTimeout:        idleTimeout,
			MaxIdleConnsPerHost:    idlePerHost,
			MaxResponseHeaderBytes: headerBytes,
		}},
	}
	return n
}

// Client calls over HTTP.
func (n *Network) Client() *http.Client { return n.client }

// Dial connects over TCP. A forbidden address is a Forbidden error.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := n.dialer.DialContext(ctx, network, address)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, ssrf.ErrProhibitedIP):
		return nil, tracardi.Errorf(tracardi.Forbidden, "%s is not on the public internet: an operator can allow it with egress-allow", address)
	case errors.Is(err, ssrf.ErrProhibitedNetwork):
		return nil, tracardi.Errorf(tracardi.Forbidden, "connections of the kind %q are not allowed", network)
	}
	return nil, err
}

// CloseIdle gives up the connections that nobody uses.
func (n *Network) CloseIdle() { n.client.CloseIdleConnections() }

func checkRedirect(to *http.Request, via []*http.Request) error {
	switch {
	case len(via) > redirects:
		return fmt.Errorf("gave up after %d redirects", redirects)
	case to.URL.Scheme == "http" && via[len(via)-1].URL.Scheme == "https":
		return fmt.Errorf("refused a redirect from https to %s: what was encrypted stays encrypted", to.URL.Redacted())
	}
	return nil
}
