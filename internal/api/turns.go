package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/sync/semaphore"

	"github.com/tracardi/tracardi-go"
)

// What one user, or one token, has answered at a time. Pages of the web application ask up to eight questions at once.
const (
	questionsAtOnce = 8
	exportsAtOnce   = 3
)

// turnPatience is how long a request waits for those before it.
const turnPatience = 20 * time.Second

// turns bounds what is asked of the stores at once for one user, so that nobody keeps the other users, or the events that come
// in, from the processor. Who asks for more waits, in the order of asking.
type turns struct {
	what   string // in the plural, for the error
	atOnce int64

	mu sync.Mutex
	of map[string]*turn // by user or token
}

// turn is what one user may still ask.
type turn struct {
	free *semaphore.Weighted
	uses int // requests that wait or are being answered; of the last one the turn is forgotten
}

func newTurns(what string, atOnce int64) *turns {
	return &turns{what: what, atOnce: atOnce, of: map[string]*turn{}}
}

// take waits for a turn of a user, which the caller gives back. It is RateLimited when that takes too long.
func (t *turns) take(ctx context.Context, user string) (giveBack func(), err error) {
	t.mu.Lock()
	mine := t.of[user]
	if mine == nil {
		mine = &turn{free: semaphore.NewWeighted(t.atOnce)}
		t.of[user] = mine
	}
	mine.uses++
	t.mu.Unlock()

	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.uses--; mine.uses == 0 {
			delete(t.of, user)
		}
	}
	waiting, cancel := context.WithTimeout(ctx, turnPatience)
	defer cancel()
	if err := mine.free.Acquire(waiting, 1); err != nil {
		leave()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &tracardi.Error{
			Kind: tracardi.RateLimited, RetryAfter: turnPatience,
			Message: fmt.Sprintf("%d %s of yours are being answered: wait until they are, or end some", t.atOnce, t.what),
		}
	}
	return func() {
		mine.free.Release(1)
		leave()
	}, nil
}

// inTurn has requests of a route wait for a turn of their sender.
func (s *server) inTurn(t *turns) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
			in, w := humago.Unwrap(ctx)
			about := of(in.Context())
			giveBack, err := t.take(in.Context(), about.tenant+" "+about.actor.ID)
			if err != nil {
				s.refuse(w, in, err)
				return
			}
			defer giveBack()
			next(ctx)
		})
	}
}
