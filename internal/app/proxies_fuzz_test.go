package app

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/tracardi/tracardi-go/internal/config"
)

// FuzzBelieve proves that what a header claims never breaks anything, that a stranger's claims count for nothing, and that behind a
// trusted proxy the address is one that can be read.
func FuzzBelieve(f *testing.F) {
	f.Add("198.51.100.7, 10.0.0.2", "10.0.0.1:443")
	f.Add("::ffff:10.0.0.3,fe80::1%lo,, x", "10.0.0.1:443")
	f.Add("127.0.0.1", "203.0.113.9:1")
	f.Add("", "pipe")
	proxies := config.Networks{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, forwarded, peer string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Forwarded-For"] = []string{forwarded}
		before, err := netip.ParseAddrPort(peer)
		trusted := err == nil && proxies.Contain(before.Addr())
		believe(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if !trusted {
				if r.RemoteAddr != peer || r.Header.Get("X-Forwarded-For") != "" {
					t.Errorf("a stranger's claim %q made %q of %q", forwarded, r.RemoteAddr, peer)
				}
				return
			}
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if _, parsed := netip.ParseAddr(host); err != nil || parsed != nil {
				t.Errorf("%q made %q", forwarded, r.RemoteAddr)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}
