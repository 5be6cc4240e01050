package collect

import (
	"net"
	"net/http"
	"strings"

	"github.com/tracardi/tracardi-go"
)

// keptHeaders are the request headers that flows may read. Those that carry secrets are not among them.
var keptHeaders = []string{"User-Agent", "Accept-Language", "Referer", "Origin", "Host", "From", "Dnt", "Sec-Gpc", "X-Timestamp", "X-Forwarded-For", "X-Requested-With"}

// Request notes what the edge sees.
func (c *Collector) Request(r *http.Request) tracardi.Request {
	tree := make(map[string]any, 6)
	for _, name := range keptHeaders {
		if values := r.Header[name]; len(values) > 0 {
			tree[strings.ToLower(name)] = clip(values[0])
		}
	}
	tree["host"] = clip(r.Host)
	return tracardi.Request{
		IP: peer(r), UserAgent: clip(r.UserAgent()), Languages: clip(r.Header.Get("Accept-Language")), Headers: tracardi.NewObject(tree),
	}
}

// clip bounds a header: what is longer is no honest one. Bytes that are no text are left out.
func clip(text string) string { return strings.ToValidUTF8(text[:min(len(text), 1024)], "") }

// peer returns the visitor's address. The server has put it there when a proxy that it trusts told it.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
