package app

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tracardi/tracardi-go/internal/config"
)

func TestBelieve(t *testing.T) {
	var proxies config.Networks
	if err := proxies.UnmarshalText([]byte("10.0.0.0/8,2001:db8::/32")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, peer string
		chain      []string
		want       string
		proto      string
	}{
		{"no proxy", "198.51.100.7:1234", nil, "198.51.100.7:1234", ""},
		{"a stranger's claim", "198.51.100.7:1234", []string{"203.0.113.9"}, "198.51.100.7:1234", ""},
		{"one proxy", "10.0.0.1:1234", []string{"203.0.113.9"}, "203.0.113.9:0", "https"},
		{"two proxies", "10.0.0.1:1234", []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9:0", "https"},
		{"two headers", "10.0.0.1:1234", []string{"203.0.113.9", "10.0.0.2"}, "203.0.113.9:0", "https"},
		{"claim before the proxy", "10.0.0.1:1234", []string{"1.2.3.4, 203.0.113.9"}, "203.0.113.9:0", "https"},
		{"garbage before the client", "10.0.0.1:1234", []string{"unknown, 203.0.113.9"}, "203.0.113.9:0", "https"},
		{"only proxies", "10.0.0.1:1234", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3:0", "https"},
		{"nothing told", "10.0.0.1:1234", nil, "10.0.0.1:1234", "https"},
		{"nonsense told", "10.0.0.1:1234", []string{"nonsense"}, "10.0.0.1:1234", "https"},
		{"version six", "[2001:db8::1]:1234", []string{"2001:db9::5"}, "[2001:db9::5]:0", "https"},
		{"mapped", "[::ffff:10.0.0.1]:1234", []string{"::ffff:203.0.113.9"}, "203.0.113.9:0", "https"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got, proto, chain string
			handler := believe(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got, proto, chain = r.RemoteAddr, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-For")
			}))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = test.peer
			r.Header.Set("X-Forwarded-Proto", "https")
			for _, value := range test.chain {
				r.Header.Add("X-Forwarded-For", value)
			}
			handler.ServeHTTP(httptest.NewRecorder(), r)
			if got != test.want || proto != test.proto {
				t.Errorf("got %s %q, want %s %q", got, proto, test.want, test.proto)
			}
			if test.proto == "" && chain != "" {
				t.Errorf("a stranger's chain %q was passed on", chain)
			}
		})
	}
}
