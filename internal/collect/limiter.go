package collect

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tracardi/tracardi-go"
)

// limiters hold a token bucket for each source that has a limit.
type limiters struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiters() *limiters { return &limiters{buckets: map[string]*rate.Limiter{}} }

// allow takes one request of a source; RateLimited when it has sent too many. A second's worth may come at once.
func (l *limiters) allow(source *tracardi.Source) error {
	if source.RateLimit <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.buckets[source.ID]
	if bucket == nil || bucket.Burst() != source.RateLimit {
		bucket = rate.NewLimiter(rate.Limit(source.RateLimit), source.RateLimit)
		l.buckets[source.ID] = bucket
	}
	if bucket.Allow() {
		return nil
	}
	return &tracardi.Error{Kind: tracardi.RateLimited, RetryAfter: time.Second, Message: "the source sends more than its limit: send again in a second"}
}
