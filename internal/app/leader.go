package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Times of a leader's lease. One that cannot extend it in time stops its job before another process begins it.
const (
	leaderLease  = 15 * time.Second
	leaderExtend = 4 * time.Second
	leaderMargin = 3 * time.Second // between the end of the job's context and that of the lease
)

// leader runs jobs that only one process of the cluster may run at a time.
type leader struct {
	locks storage.Locks
	log   *slog.Logger
}

// component makes a component of a job. The job runs while this process leads; its context ends when the lease is lost, and a
// job that returns nil is over for good, in this process.
func (l *leader) component(name string, job func(ctx context.Context) error) component {
	return component{name, func(ctx context.Context) error {
		for ctx.Err() == nil {
			lock, err := l.locks.Lock(ctx, tracardi.DefaultTenant, "leader/"+name, leaderLease)
			if err != nil {
				l.pause(ctx)
				continue
			}
			l.log.Debug("leading", "job", name, "fence", lock.Fence())
			over, err := l.lead(ctx, lock, job)
			lock.Unlock()
			if over || err != nil && ctx.Err() == nil {
				return err
			}
		}
		return nil
	}}
}

func (l *leader) pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
}

// lead runs the job while the lease can be extended. over: the job has ended by itself.
func (l *leader) lead(ctx context.Context, lock storage.Lock, job func(ctx context.Context) error) (over bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- job(ctx) }()
	deadline := time.NewTimer(leaderLease - leaderMargin)
	defer deadline.Stop()
	tick := time.NewTicker(leaderExtend)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return true, err
		case <-deadline.C: // also at once when the process comes back from a pause
			l.log.Warn("lost the lease of a job: it stops here and goes on in another process")
			cancel()
			<-ended
			return false, nil
		case <-tick.C:
		}
		begun := time.Now()
		extending, done := context.WithTimeout(ctx, leaderExtend)
		err := lock.Extend(extending, leaderLease)
		done()
		if err == nil {
			deadline.Reset(leaderLease - leaderMargin - time.Since(begun))
		} else if tracardi.KindOf(err) == tracardi.Conflict {
			deadline.Reset(0)
		}
	}
}
