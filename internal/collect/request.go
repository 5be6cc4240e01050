package collect

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
)

// keptHeaders are the request headers that flows may read. Those that carry secrets are not among them.
var keptHeaders = []string{"User-Agent", "Accept-Language", "Referer", "Origin", "Host", "From", "Dnt", "Sec-Gpc", "X-Timestamp", "X-Forwarded-For", "X-Requested-With"}

// request notes what the edge sees.
func (c *Collector) request(r *http.Request) tracardi.Request {
	tree := make(map[string]any, 6)
	for _, name := range keptHeaders {
		if values := r.Header[name]; len(values) > 0 {
			tree[strings.ToLower(name)] = clip(values[0])
		}
	}
	tree["host"] = clip(r.Host)
	return tracardi.Request{
		IP: c.clientIP(r), UserAgent: clip(r.UserAgent()), Languages: clip(r.Header.Get("Accept-Language")), Headers: tracardi.NewObject(tree),
	}
}

// clip bounds a header: what is longer is no honest one.
func clip(text string) string { return text[:min(len(text), 1024)] }

// clientIP returns the visitor's address: the peer's, or the last one that a proxy which we trust reports.
func (c *Collector) clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !c.trusted(peer) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		host = addr.String()
		if !c.trusted(addr) {
			break
		}
	}
	return host
}

func (c *Collector) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(c.options.Proxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}
