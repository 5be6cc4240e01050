package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/tracardi/tracardi-go"
)

// Sender delivers a payload and returns the id of the visitor's profile. One goroutine uses it.
type Sender func(ctx context.Context, p *Payload, profile string) (string, error)

// Load is a plan on its way.
type Load struct {
	Plan      Plan
	Workers   int // who send at once; 0 means 64
	Rate      int // events a second; 0 for as many as the other side takes
	NewSender func() Sender
	Progress  func(Progress) // called now and then, and once more at the end; nil for nobody
}

// Progress says how far a load has come.
type Progress struct {
	Events  int // delivered so far
	Total   int
	Elapsed time.Duration
}

// String says how far, in words.
func (p Progress) String() string {
	return fmt.Sprintf("%d of %d events (%d %%), %.0f a second", p.Events, p.Total, 100*p.Events/max(1, p.Total), float64(p.Events)/p.Elapsed.Seconds())
}

// progressInterval is the time between two reports.
const progressInterval = 2 * time.Second

// Run sends everything, visits in the order of time, payloads of one visitor one after another. It stops at the first error and
// when ctx ends. What was sent before stays, and a later run with the same plan adds the rest.
func (l *Load) Run(ctx context.Context) error {
	if err := l.Plan.Check(); err != nil {
		return err
	}
	workers := l.Workers
	if workers == 0 {
		workers = 64
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var sent atomic.Int64
	var running sync.WaitGroup
	lanes := make([]chan visit, workers)
	limit := rate.NewLimiter(rate.Inf, 0)
	if l.Rate > 0 {
		limit = rate.NewLimiter(rate.Limit(l.Rate), max(l.Rate, maxVisit))
	}
	for i := range lanes {
		lanes[i] = make(chan visit, 64)
		lane := lane{plan: l.Plan, send: l.NewSender(), limit: limit, sent: &sent, profiles: map[int]string{}}
		running.Go(func() {
			if err := lane.run(ctx, lanes[i]); err != nil {
				cancel(err)
			}
		})
	}
	report := l.reporter(&sent)
	running.Go(func() { l.feed(ctx, lanes, report) })
	running.Wait()
	report()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return nil
}

// feed hands visits to the lanes, those of one visitor always to the same, and reports now and then.
func (l *Load) feed(ctx context.Context, lanes []chan visit, report func()) {
	defer func() {
		for _, lane := range lanes {
			close(lane)
		}
	}()
	tick := time.NewTicker(progressInterval)
	defer tick.Stop()
	for _, v := range l.Plan.visits() {
		for handed := false; !handed; {
			select {
			case lanes[v.person%len(lanes)] <- v:
				handed = true
			case <-tick.C:
				report()
			case <-ctx.Done():
				return
			}
		}
	}
}

func (l *Load) reporter(sent *atomic.Int64) func() {
	begun := time.Now()
	return func() {
		if l.Progress != nil {
			l.Progress(Progress{int(sent.Load()), l.Plan.Events, time.Since(begun)})
		}
	}
}

// lane sends the visits of some of the visitors.
type lane struct {
	plan     Plan
	send     Sender
	limit    *rate.Limiter
	sent     *atomic.Int64
	profiles map[int]string // by visitor, as their browsers remember them
}

func (l *lane) run(ctx context.Context, visits <-chan visit) error {
	for v := range visits {
		for _, payload := range l.plan.payloads(v) {
			if err := l.limit.WaitN(ctx, payload.Events); err != nil {
				return errors.Join(err, ctx.Err())
			}
			profile, err := l.send(ctx, &payload, l.profiles[v.person])
			if err != nil {
				return err
			}
			l.profiles[v.person] = profile
			l.sent.Add(int64(payload.Events))
		}
	}
	return nil
}

// tries is how often a payload is sent before the load gives up.
const tries = 30

// pause waits before a payload is sent again: as long as the error asks, else a second. It returns the error when trying again
// does not help.
func pause(ctx context.Context, try int, err error) error {
	ours, known := errors.AsType[*tracardi.Error](err)
	if !known || ours.Kind != tracardi.Unavailable && ours.Kind != tracardi.RateLimited || try >= tries {
		return err
	}
	wait := ours.RetryAfter
	if wait <= 0 || wait > time.Minute {
		wait = time.Second
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
