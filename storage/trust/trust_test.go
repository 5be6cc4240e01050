package trust_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/storage/trust"
)

// TestExplain connects to servers in ways that do not work, and in one that does.
func TestExplain(t *testing.T) {
	secure, plain := httptest.NewTLSServer(nil), httptest.NewServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // clients hang up on purpose
	defer secure.Close()
	defer plain.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := trust.Authorities(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, host, as string
		authorities    *x509.CertPool
		want           string
	}{
		{"all is well", secure.Listener.Addr().String(), "example.com", known, ""},
		{"an unknown authority", secure.Listener.Addr().String(), "example.com", x509.NewCertPool(), "?ca=FILE"},
		{"another name", secure.Listener.Addr().String(), "search.example.org", known, "not for search.example.org"},
		{"no TLS", plain.Listener.Addr().String(), "example.com", known, "does not speak TLS"},
		{"nobody there", "127.0.0.1:1", "example.com", known, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			connection, err := tls.Dial("tcp", test.host, &tls.Config{RootCAs: test.authorities, ServerName: test.as})
			if err == nil {
				_ = connection.Close()
			}
			if got := trust.Explain(err); !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("%v is explained by %q, want %q", err, got, test.want)
			}
		})
	}
	for host, want := range map[string]bool{secure.Listener.Addr().String(): true, plain.Listener.Addr().String(): false, "127.0.0.1:1": false} {
		if got := trust.Expected(t.Context(), host); got != want {
			t.Errorf("%s expects TLS: %v, want %v", host, got, want)
		}
	}
	if trust.Explain(errors.New("something else")) != "" {
		t.Error("any error is about TLS")
	}
}
