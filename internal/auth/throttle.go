package auth

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/tracardi/tracardi-go"
)

// attemptWindow is the time for which attempts are counted.
const attemptWindow = 15 * time.Minute

// Attempts in a window. Guessing one account from one address ends first; the limit of an account from all addresses is higher,
// so that a stranger does not easily lock its owner out.
const (
	maxFromAddress     = 100
	maxOnAccount       = 50
	maxOnAccountFromIP = 10
)

// attempt counts an attempt to prove a password before it is looked at, so that many at once do not slip through. It is
// RateLimited when there were too many. An attempt that turns out right is taken back by calling succeeded.
func (g *Guard) attempt(ctx context.Context, tenant, email, ip string) (succeeded func(), err error) {
	window := g.now().Truncate(attemptWindow)
	left := window.Add(attemptWindow).Sub(g.now())
	key := func(what string) string { return fmt.Sprintf("attempts:%d:%s", window.Unix(), digest(what)) }
	address := network(ip)
	fromAddress, onAccount, pair := key("ip "+address), key("account "+email), key("pair "+email+" "+address)
	for _, limit := range []struct {
		key string
		max int64
	}{{pair, maxOnAccountFromIP}, {onAccount, maxOnAccount}, {fromAddress, maxFromAddress}} {
		count, err := g.cache.Add(ctx, tenant, limit.key, 1, attemptWindow)
		if err != nil {
			return nil, err
		}
		if count > limit.max {
			g.log.Warn("too many attempts to sign in", "tenant", tenant, "ip", ip, "user", userID(email))
			return nil, &tracardi.Error{
				Kind: tracardi.RateLimited, RetryAfter: left,
				Message: "too many attempts to sign in: wait and try again, or ask an administrator for a new password",
			}
		}
	}
	return func() {
		// Nothing depends on it: the counters end by themselves.
		_ = g.cache.Delete(ctx, tenant, pair, onAccount)
		_, _ = g.cache.Add(ctx, tenant, fromAddress, -1, attemptWindow)
	}, nil
}

// network is what stands for one neighbour: an IPv4 address, or the 64 bits of an IPv6 address that one household has.
func network(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	address = address.Unmap()
	if address.Is4() {
		return address.String()
	}
	prefix, _ := address.WithZone("").Prefix(64) // 64 bits fit into any IPv6 address
	return prefix.String()
}
