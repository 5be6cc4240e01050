package elastic_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/storage/elastic"
)

func TestParseAddress(t *testing.T) {
	f := func(text, servers, prefix string) {
		t.Helper()
		a, err := elastic.ParseAddress(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := a.String(); got != servers || a.Prefix != prefix {
			t.Errorf("%s: got servers %s and prefix %s, want %s and %s", text, got, a.Prefix, servers, prefix)
		}
	}
	f("elasticsearch://localhost", "http://localhost:9200", "tracardi")
	f("opensearch://localhost:19201/", "http://localhost:19201", "tracardi")
	f("elasticsearchs://u:p%40ss@a,b:9201/?prefix=shop", "https://a:9200, https://b:9201", "shop")
	f("opensearchs://[::1]:9200?api-key=a2V5&prefix=a-b_1", "https://[::1]:9200", "a-b_1")
}

func TestParseAddressExplains(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "elasticsearch://",
		"http://localhost:9200":               "elasticsearch://",
		"elasticsearch:localhost":             "elasticsearch://",
		"elasticsearch://":                    "no host",
		"elasticsearch://a,,b":                "no host",
		"elasticsearch://a:port":              "no host",
		"elasticsearch://a/shop":              "?prefix=",
		"elasticsearch://user@a":              "USER:PASSWORD",
		"elasticsearch://u:p%zz@a":            "USER:PASSWORD",
		"elasticsearch://a?prefix=Shop":       "small letters",
		"elasticsearch://a?prefix=":           "small letters",
		"elasticsearch://a?prefx=shop":        `no option "prefx"`,
		"elasticsearchs://a?ca=/none":         "cannot be read",
		"elasticsearchs://a?ca=doc.go":        "PEM",
		"elasticsearch://u:p@a?api-key=x":     "leave one",
		"elasticsearch://a?prefix=%zz":        "options",
		"elasticsearch://secret:word@a:b:c:d": "no host",
	} {
		_, err := elastic.ParseAddress(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		} else if strings.Contains(err.Error(), "secret:word") {
			t.Errorf("%s: the error tells the password: %v", text, err)
		}
	}
}

// TestOpenExplains starts on what is no server of ours.
func TestOpenExplains(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	f := func(text, want string) {
		t.Helper()
		a, err := elastic.ParseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := elastic.Open(context.Background(), a, elastic.Options{})
		if err == nil {
			t.Errorf("%s: no error", text)
			_ = s.Close()
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
	f("elasticsearch://"+free, "does not answer")
}
