package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tracardi/tracardi-go"
)

// checkTimeout bounds one readiness check.
const checkTimeout = 2 * time.Second

// check is something that the program needs for its work.
type check struct {
	name     string
	ping     func(ctx context.Context) error
	optional bool // without it some work is refused or slow, and the rest goes on: no reason to send visitors elsewhere
}

// health tells whether the program can do its work.
type health struct {
	log      *slog.Logger
	checks   []check
	stopping atomic.Bool
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool     `json:"ready"`
	Checks []result `json:"checks"`
}

// result says whether one part is ready and, if not, why.
type result struct {
	Name   string `json:"name"`
	Ready  bool   `json:"ready"`
	Reason string `json:"reason,omitempty"`
}

// now asks every part.
func (h *health) now(ctx context.Context) readiness {
	answer := readiness{Ready: true}
	for _, c := range h.checks {
		r := result{Name: c.name, Ready: true}
		if err := ping(ctx, c); err != nil {
			r.Ready, r.Reason = false, reason(err)
			h.log.Warn("not ready", "check", c.name, "error", err)
		}
		answer.add(r, c.optional)
	}
	if h.stopping.Load() {
		answer.add(result{Name: "process", Reason: "is stopping"}, false)
	}
	return answer
}

func (a *readiness) add(r result, optional bool) {
	a.Ready = a.Ready && (r.Ready || optional)
	a.Checks = append(a.Checks, r)
}

func ping(ctx context.Context, c check) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return c.ping(ctx)
}

// reason is the sentence for those who ask; the cause of an error may hold more than they should know and is in the log.
func reason(err error) string {
	if known, ok := errors.AsType[*tracardi.Error](err); ok && known.Kind != tracardi.Internal {
		return known.Message
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "gives no answer within " + checkTimeout.String()
	}
	return "failed; the log of the server says why"
}

// serveReady answers /readyz: 200 when everything is ready, else 503; the body names what is not and why.
func (h *health) serveReady(w http.ResponseWriter, r *http.Request) {
	answer := h.now(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer) // the asker is gone if this fails
}

// serveAlive answers /healthz: the process runs and takes requests.
func serveAlive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the asker is gone if this fails
}
