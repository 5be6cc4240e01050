package egress_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/egress"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func get(t *testing.T, network *egress.Network, address string) (string, error) {
	t.Helper()
	t.Cleanup(network.CloseIdle)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := network.Client().Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	network := egress.New(nil)
	for _, address := range []string{
		"127.0.0.1:80", "localhost:80", "10.0.0.1:80", "172.16.3.4:443", "192.168.1.1:8080", "169.254.169.254:80", "100.64.0.1:80",
		"0.0.0.0:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "[fd00::1]:80", "[fe80::1]:80", "[64:ff9b::7f00:1]:80", "224.0.0.1:80",
	} {
		conn, err := network.Dial(t.Context(), "tcp", address)
		if err == nil {
			conn.Close()
		}
		if tracardi.KindOf(err) != tracardi.Forbidden || !strings.Contains(err.Error(), "egress-allow") {
			t.Errorf("%s: got %v", address, err)
		}
	}
	if _, err := network.Dial(t.Context(), "udp", "127.0.0.1:53"); tracardi.KindOf(err) != tracardi.Forbidden {
		t.Errorf("udp: got %v", err)
	}
}

func TestAllowedAddressesAreReached(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
	defer server.Close()
	if got, err := get(t, egress.New(loopback), server.URL); got != "hello" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := get(t, egress.New(nil), server.URL); tracardi.KindOf(err) != tracardi.Forbidden {
		t.Errorf("not allowed, got %v", err)
	}
	if _, err := get(t, egress.New([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}), server.URL); tracardi.KindOf(err) != tracardi.Forbidden {
		t.Errorf("another network allowed, got %v", err)
	}
}

// TestRedirectsAreChecked sends a client from an allowed address to one that is not.
func TestRedirectsAreChecked(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer inside.Close()
	target, _ := url.Parse(inside.URL)
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/again", http.StatusFound)
			return
		}
		http.Redirect(w, r, "http://[::ffff:7f00:2]:"+target.Port(), http.StatusFound)
	}))
	defer outside.Close()
	network := egress.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	if _, err := get(t, network, outside.URL); tracardi.KindOf(err) != tracardi.Forbidden {
		t.Errorf("got %v", err)
	}
	if _, err := get(t, network, outside.URL+"/again"); err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("endless redirects gave %v", err)
	}
}

func TestLargeAnswersAreCut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := egress.MaxBytes
		if r.URL.Path != "/fits" {
			size++
		}
		var to io.Writer = w
		switch r.URL.Path {
		case "/told", "/fits":
			w.Header().Set("Content-Length", fmt.Sprint(size))
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			defer packed.Close()
			to = packed
		}
		_, _ = io.CopyN(to, zeros{}, int64(size)) // the client may have left
	}))
	defer server.Close()
	network := egress.New(loopback)
	for _, path := range []string{"/told", "/streamed", "/packed"} {
		if text, err := get(t, network, server.URL+path); err == nil || !strings.Contains(err.Error(), "larger than 10 MB") {
			t.Errorf("%s: got %d bytes, %v", path, len(text), err)
		}
	}
	if text, err := get(t, network, server.URL+"/fits"); len(text) != egress.MaxBytes || err != nil {
		t.Errorf("got %d bytes, %v", len(text), err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	network := egress.New(loopback)
	defer network.CloseIdle()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	response, err := network.Client().Do(request)
	if err == nil {
		response.Body.Close()
		t.Error("the call was answered")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
