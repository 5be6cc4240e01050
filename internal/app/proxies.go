package app

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go/internal/config"
)

// forwarding are the headers by which a proxy tells about the client. Anyone can send them, so that they are removed unless a
// trusted proxy did.
var forwarding = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded"}

// believe puts the client's own address in RemoteAddr. Behind it a handler may rely on RemoteAddr and on X-Forwarded-Proto.
func believe(proxies config.Networks, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err == nil && proxies.Contain(peer.Addr()) {
			if client, found := lastStranger(proxies, r.Header.Values("X-Forwarded-For")); found {
				r.RemoteAddr = net.JoinHostPort(client.String(), "0")
			}
		} else if claims(r) {
			for _, name := range forwarding {
				r.Header.Del(name)
			}
			r = r.WithContext(context.WithValue(r.Context(), claimed{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

// claimed marks, in a request's context, that somebody who is not trusted claimed to forward it. RemoteAddr may then be a
// proxy's that nobody told us of.
type claimed struct{}

func claims(r *http.Request) bool {
	return slices.ContainsFunc(forwarding, func(name string) bool { return len(r.Header[name]) > 0 })
}

// direct tells whether the peer itself asks.
func direct(r *http.Request) bool { return r.Context().Value(claimed{}) == nil }

// lastStranger returns the last address of the chain that is no proxy of ours: what stands before it was written by a stranger.
func lastStranger(proxies config.Networks, headers []string) (client netip.Addr, found bool) {
	chain := strings.Split(strings.Join(headers, ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			return client, found
		}
		client, found = addr.Unmap(), true
		if !proxies.Contain(client) {
			return client, true
		}
	}
	return client, found
}
