package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tracardi/tracardi-go"
)

// Who has asked enough waits for an answer, in the order of asking, and keeps nobody else waiting.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns("questions", 2)
		take := func(user string) (giveBack func()) {
			t.Helper()
			giveBack, err := turns.take(t.Context(), user)
			if err != nil {
				t.Fatal(err)
			}
			return giveBack
		}
		first, second := take("ann"), take("ann")
		begin := time.Now()
		take("bob")() // at once
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("somebody else waited %s", waited)
		}
		came := make(chan int, 2)
		for i := range 2 {
			go func() {
				giveBack := take("ann")
				came <- i
				time.Sleep(time.Second) //lint:allow sleep in a bubble: that is how long the answer takes
				giveBack()
			}()
			synctest.Wait()
		}
		if len(came) != 0 {
			t.Errorf("%d did not wait", len(came))
		}
		first()
		synctest.Wait()
		if len(came) != 1 || <-came != 0 {
			t.Error("want the first to have come, alone")
		}
		time.Sleep(2 * time.Second) //lint:allow sleep in a bubble: until both are answered
		synctest.Wait()
		if len(came) != 1 {
			t.Error("the second one never came")
		}
		second()
		if len(turns.of) != 0 {
			t.Errorf("%d users are remembered, who ask nothing", len(turns.of))
		}
	})
}

// Nobody waits for ever, nor when nobody wants the answer any more.
func TestTurnsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns("exports", 1)
		giveBack, err := turns.take(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_, err = turns.take(t.Context(), "ann")
		if tracardi.KindOf(err) != tracardi.RateLimited || time.Since(begin) != turnPatience {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if _, err = turns.take(ctx, "ann"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		giveBack()
		if len(turns.of) != 0 {
			t.Errorf("%d users are remembered, who ask nothing", len(turns.of))
		}
	})
}
