package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

func TestReadiness(t *testing.T) {
	full := tracardi.Errorf(tracardi.Unavailable, "the disk is almost full: make room: %w", errors.New("secret detail"))
	full.(*tracardi.Error).Message = "the disk is almost full: make room"
	for _, test := range []struct {
		name     string
		ping     func(context.Context) error
		stopping bool
		optional bool
		want     readiness
	}{
		{
			"all is well", func(context.Context) error { return nil }, false, false,
			readiness{true, []result{{"store", true, ""}}},
		},
		{
			"a known cause", func(context.Context) error { return full }, false, false,
			readiness{false, []result{{"store", false, "the disk is almost full: make room"}}},
		},
		{
			"a surprise", func(context.Context) error { return errors.New("secret detail") }, false, false,
			readiness{false, []result{{"store", false, "failed; the log of the server says why"}}},
		},
		{
			"no answer", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, false, false,
			readiness{false, []result{{"store", false, "gives no answer within 2s"}}},
		},
		{
			"something that is not needed for everything", func(context.Context) error { return full }, false, true,
			readiness{true, []result{{"store", false, "the disk is almost full: make room"}}},
		},
		{
			"stopping", func(context.Context) error { return nil }, true, false,
			readiness{false, []result{{"store", true, ""}, {"process", false, "is stopping"}}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &health{log: quiet(), checks: []check{{name: "store", ping: test.ping, optional: test.optional}}}
				h.stopping.Store(test.stopping)
				w := httptest.NewRecorder()
				h.serveReady(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
				var got readiness
				if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if want := map[bool]int{true: 200, false: 503}[test.want.Ready]; w.Code != want {
					t.Errorf("status %d, want %d", w.Code, want)
				}
			})
		})
	}
}
