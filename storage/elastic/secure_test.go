package elastic_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// door stands before a server and lets in only what it should.
type door struct {
	*httptest.Server
	authorization string       // that a request must have
	busy          atomic.Int64 // so many requests are answered with 503
	opened        atomic.Int64 // requests that were let in
}

func newDoor(t *testing.T, web, authorization string, start func(http.Handler) *httptest.Server) *door {
	t.Helper()
	to, err := url.Parse(web)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{authorization: authorization}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // doors close on purpose
	d.Server = start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("Authorization"); d.authorization != "" && (len(got) != 1 || got[0] != d.authorization) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error": {"type": "security_exception", "reason": "unable to authenticate"}, "status": 401}`)
			return
		}
		if d.busy.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		d.opened.Add(1)
		r.Header.Del("Authorization")
		proxy.ServeHTTP(w, r)
	}))
	d.Config.ErrorLog = proxy.ErrorLog
	t.Cleanup(d.Close)
	return d
}

// works stores a profile and finds it.
func works(t *testing.T, s *elastic.Store, id string) {
	t.Helper()
	if err := commit(s, tenant, []storage.Write{write(storage.Profiles, id, 0, `,"ids":["k-`+id+`"]`)}); err != nil {
		t.Fatal(err)
	}
	page, err := s.Search(t.Context(), tenant, storage.Profiles, storage.Query{Where: holds(t, "k-"+id)})
	if err != nil || len(page.Docs) != 1 {
		t.Fatalf("found %d profiles: %v", len(page.Docs), err)
	}
}

// TestSecureServer comes to a server through TLS that asks for a login or a key: with the right ones it works, else the error says
// what is wrong, without secrets.
func TestSecureServer(t *testing.T) {
	server := servers[0]
	web := storagetest.Server(t, server.variable)
	at := address(t, server.scheme, web)
	fresh(t, at)
	_, prefix, _ := strings.Cut(at, "?")
	secure := newDoor(t, web, "", httptest.NewTLSServer)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	host := secure.Listener.Addr().String()
	for i, c := range []struct{ authorization, login, option, fails string }{
		{"Basic dHJhY2FyZGk6cEBzczp3b3Jk", "tracardi:p%40ss%3Aword@", "&ca=" + ca, ""},
		{"ApiKey a2V5OnNlY3JldA==", "", "&api-key=a2V5OnNlY3JldA%3D%3D&ca=" + ca, ""},
		{"Basic dHJhY2FyZGk6cEBzczp3b3Jk", "tracardi:wrong@", "&ca=" + ca, "refuses the login"},
		{"ApiKey a2V5OnNlY3JldA==", "", "&api-key=wrong&ca=" + ca, "refuses the login"},
		{"ApiKey a2V5OnNlY3JldA==", "", "&ca=" + ca, "refuses the login"},
		{"", "", "", "certificate"},
	} {
		secure.authorization = c.authorization
		a, err := elastic.ParseAddress("elasticsearchs://" + c.login + host + "/?" + prefix + c.option)
		if err != nil {
			t.Fatal(err)
		}
		s, err := elastic.Open(t.Context(), a, elastic.Options{})
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "wrong") {
				t.Errorf("case %d: got %v, want an error with %q and without secrets", i, err, c.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("case %d: %v", i, err)
			continue
		}
		works(t, s, fmt.Sprint("secure-", i))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSeveralHosts works while one host after the other is away or busy.
func TestSeveralHosts(t *testing.T) {
	server := servers[0]
	web := storagetest.Server(t, server.variable)
	at := address(t, server.scheme, web)
	fresh(t, at)
	first, second := newDoor(t, web, "", httptest.NewServer), newDoor(t, web, "", httptest.NewServer)
	hosts := first.Listener.Addr().String() + "," + second.Listener.Addr().String()
	s := open(t, strings.Replace(at, web[len("http://"):], "127.0.0.1:1,"+hosts, 1)) // nobody listens on the first
	defer s.Close()                                                                  //nolint:errcheck // of a test
	n := 0
	some := func() {
		for range 5 {
			n++
			works(t, s, fmt.Sprint("hosts-", n))
		}
	}
	some()
	if first.opened.Load() == 0 || second.opened.Load() == 0 {
		t.Errorf("%d requests came to the first host, %d to the second: they are not taken in turn", first.opened.Load(), second.opened.Load())
	}
	first.busy.Store(3)
	second.busy.Store(3)
	some()
	first.CloseClientConnections()
	first.Close()
	some()
	second.CloseClientConnections()
	second.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := s.Read(ctx, tenant, storage.Profiles, []string{"hosts-1"}); tracardi.KindOf(err) != tracardi.Unavailable {
		t.Errorf("without a host: %v", err)
	}
}
