package egress_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
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
		"168.63.129.16:80", "192.0.0.192:80", "100.100.100.200:80", "255.255.255.255:80", "198.18.0.1:80", // of clouds, and of nobody
		"[::]:80", "[::127.0.0.1]:80", "[::ffff:0:127.0.0.1]:80", "[::ffff:a9fe:a9fe]:80", "[64:ff9b::a9fe:a9fe]:80", "[64:ff9b:1::7f00:1]:80",
		"[2002:7f00:1::]:80", "[2001:0:7f00:1::]:80", "[fec0::1]:80", "[ff02::1]:80", "[fd00:ec2::254]:80", "[::1%25lo]:80",
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

// TestOtherNotationsLeadNowhere writes private addresses as some resolvers read them too.
func TestOtherNotationsLeadNowhere(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	network := egress.New(nil)
	for _, host := range []string{
		"127.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001", "127.0.0.1.", "localhost.", "①②⑦.0.0.1", "127。0。0。1",
		"user@127.0.0.1", "[::ffff:7f00:1]", "0",
	} {
		if _, err := get(t, network, "http://"+host+":"+port); err == nil {
			t.Errorf("%s was reached", host)
		}
	}
}

// TestNameThatMoves resolves a name to an allowed address at first and to another one then, as an attacker's server of names does
// between the check and the call.
func TestNameThatMoves(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, "hello")
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	answers := names(t, [4]byte{127, 0, 0, 1}, [4]byte{127, 0, 0, 2})
	network := egress.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	if got, err := get(t, network, "http://moves.example:"+port); got != "hello" || err != nil {
		t.Fatalf("at first: %q, %v", got, err)
	}
	if _, err := get(t, network, "http://moves.example:"+port); tracardi.KindOf(err) != tracardi.Forbidden {
		t.Errorf("got %v", err)
	}
	if answers.Load() < 2 {
		t.Errorf("the name was asked for %d times", answers.Load())
	}
}

// names has all names resolved by a server that gives one address after the other, and the last one for ever.
func names(t *testing.T, addresses ...[4]byte) (answers *atomic.Int64) {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answers = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for question := make([]byte, 512); ; {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(answerTo(question[:n], addresses, answers), from) // who asks gives up otherwise
		}
	}()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close() // which ends the reading
		<-done
	})
	return answers
}

// answerTo answers a question of one name: with an address when IPv4 is asked for, else with nothing.
func answerTo(question []byte, addresses [][4]byte, answers *atomic.Int64) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	answer := append([]byte{}, question[:end]...)
	answer[2], answer[3] = 0x84, 0 // an answer, without an error
	copy(answer[6:12], []byte{0, 0, 0, 0, 0, 0})
	if question[end-3] != 1 {
		return answer
	}
	address := addresses[min(int(answers.Add(1))-1, len(addresses)-1)]
	answer[7] = 1
	return append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, address[0], address[1], address[2], address[3])
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
