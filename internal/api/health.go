package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go/internal/vitals"
)

// Health tells how the installation does, over all of its processes.
type Health struct {
	Status    string          `json:"status" enum:"ok,warning,error" doc:"The worst of the problems."`
	Problems  []HealthProblem `json:"problems" nullable:"false" doc:"What needs attention, the worst first."`
	Rate      Rate            `json:"rate" doc:"Of the last five minutes."`
	Minutes   []RateMinute    `json:"minutes" nullable:"false" doc:"Of the last hour, oldest first."`
	Queue     []Topic         `json:"queue" nullable:"false"`
	Stores    []StoreState    `json:"stores" nullable:"false"`
	Processes []ProcessState  `json:"processes" nullable:"false" doc:"Those that live, the one that answers first."`
	Disk      Disk            `json:"disk"`
}

// HealthProblem is something that needs attention.
type HealthProblem struct {
	Level   string `json:"level" enum:"warning,error"`
	Kind    string `json:"kind" enum:"no_worker,store,dead_letters,queue_lag,disk,failures,refusals"`
	Subject string `json:"subject,omitempty" doc:"Such as the store or the topic."`
	Number  int64  `json:"number,omitempty" doc:"Of the messages, seconds or percents that it is about."`
	Message string `json:"message" doc:"What is wrong and what to do, in English."`
}

// Rate is what comes in.
type Rate struct {
	Events   float64 `json:"events_per_second"`
	Payloads float64 `json:"payloads_per_second"`
	Refused  float64 `json:"refused_share" doc:"Of the requests, from 0 to 1: answered with a client error."`
	Failed   float64 `json:"failed_share" doc:"Of the requests, from 0 to 1: answered with a server error."`
	P95      float64 `json:"p95_milliseconds" doc:"In which 95 of 100 payloads are processed; 0 without any."`
}

// RateMinute is what came in within one minute.
type RateMinute struct {
	Time     time.Time `json:"time"`
	Events   int64     `json:"events"`
	Payloads int64     `json:"payloads"`
	Refused  int64     `json:"refused"`
	Failed   int64     `json:"failed"`
	P95      float64   `json:"p95_milliseconds"`
}

// StoreState tells whether a store works.
type StoreState struct {
	Name         string  `json:"name"`
	Ready        bool    `json:"ready"`
	Milliseconds float64 `json:"milliseconds" doc:"How long it took to answer."`
	Reason       string  `json:"reason,omitempty"`
}

// ProcessState is a process that lives.
type ProcessState struct {
	ID      string    `json:"id"`
	Roles   []string  `json:"roles" nullable:"false"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Seen    time.Time `json:"seen"`
}

// Disk tells how much room there is.
type Disk struct {
	Free    *int64 `json:"free_bytes,omitempty" doc:"On the disk of the records; left out when that is not known."`
	Records int64  `json:"records_bytes,omitempty" doc:"What the records take; left out when they are on a server."`
	Low     bool   `json:"low"`
}

const (
	rateSpan   = 5 // minutes
	lagWarning = time.Minute
	lagError   = 10 * time.Minute
	manyFailed = 0.01 // share of the requests
	manyRefuse = 0.2  // share of the requests
	fewAsked   = 20   // requests below which shares mean little
	workerRole = "worker"
)

func (s *server) health(ctx context.Context, _ *struct{}) (*struct{ Body Health }, error) {
	out := Health{Problems: []HealthProblem{}, Processes: []ProcessState{}, Stores: s.stores(ctx), Disk: s.disk()}
	processes, unseen := s.vitals.Processes(ctx)
	if unseen != nil && ctx.Err() != nil {
		return nil, unseen
	}
	out.count(processes, time.Now().UTC())
	for _, p := range processes {
		out.Processes = append(out.Processes, ProcessState{p.ID, p.Roles, p.Version, p.Started, p.Seen})
	}
	if queue, err := s.queueState(ctx, nil); err == nil {
		out.Queue = queue.Body.Items
	} else {
		out.Queue = []Topic{}
		out.problem("error", "store", "queue", 0, "The queue gives no answer: "+s.problem(ctx, err).Detail)
	}
	if !slices.ContainsFunc(processes, works) && unseen == nil { // while the cache is away nobody knows
		out.problem("error", "no_worker", "", 0, "No worker is running: what was accepted for later waits until one starts.")
	}
	out.judge(time.Now())
	return &struct{ Body Health }{out}, nil
}

// count sums up the minutes of all processes.
func (h *Health) count(processes []vitals.Process, now time.Time) {
	const minutes = 60
	first := now.Truncate(time.Minute).Add(-(minutes - 1) * time.Minute)
	sums := make([]vitals.Minute, minutes)
	for _, p := range processes {
		for _, m := range p.Minutes {
			if at := int(m.Time.Sub(first) / time.Minute); at >= 0 && at < minutes && !m.Time.Before(first) {
				sums[at].Add(m)
			}
		}
	}
	var recent vitals.Minute
	for i, m := range sums {
		h.Minutes = append(h.Minutes, RateMinute{
			first.Add(time.Duration(i) * time.Minute), m.Events, m.Payloads, m.Refused, m.Failed, 1000 * m.Quantile(.95),
		})
		if i >= minutes-rateSpan {
			recent.Add(m)
		}
	}
	seconds := now.Sub(first.Add((minutes - rateSpan) * time.Minute)).Seconds()
	h.Rate = Rate{Events: float64(recent.Events) / seconds, Payloads: float64(recent.Payloads) / seconds, P95: 1000 * recent.Quantile(.95)}
	// A payload is counted when it is taken in, so that one that fails is among them; one that is refused is not.
	if asked := recent.Payloads + recent.Refused; asked >= fewAsked {
		h.Rate.Refused, h.Rate.Failed = float64(recent.Refused)/float64(asked), min(1, float64(recent.Failed)/float64(asked))
	}
}

func works(p vitals.Process) bool { return slices.Contains(p.Roles, workerRole) }

func (h *Health) problem(level, kind, subject string, number int64, message string) {
	h.Problems = append(h.Problems, HealthProblem{level, kind, subject, number, message})
}

// judge says in words what the numbers mean.
func (h *Health) judge(now time.Time) {
	for _, store := range h.Stores {
		if !store.Ready {
			h.problem("error", "store", store.Name, 0, fmt.Sprintf("The store of the %s does not work: it %s.", store.Name, store.Reason))
		}
	}
	for _, topic := range h.Queue {
		if topic.Oldest != nil {
			h.judgeLag(topic.Name, now.Sub(*topic.Oldest))
		}
		if topic.Dead > 0 {
			h.problem("warning", "dead_letters", topic.Name, topic.Dead, fmt.Sprintf("%d messages of %s were put aside because they could not be done: look at them, and try them again.", topic.Dead, topic.Name))
		}
	}
	if h.Disk.Low {
		h.problem("warning", "disk", "", *h.Disk.Free>>20, fmt.Sprintf("Only %d MB are free on the disk of the records: make room before it is full.", *h.Disk.Free>>20))
	}
	if percent := int64(100 * h.Rate.Failed); h.Rate.Failed >= manyFailed {
		h.problem("error", "failures", "", percent, fmt.Sprintf("%d of 100 requests of the last minutes failed: the log says why.", percent))
	}
	if percent := int64(100 * h.Rate.Refused); h.Rate.Refused >= manyRefuse {
		h.problem("warning", "refusals", "", percent, fmt.Sprintf("%d of 100 requests of the last minutes were refused: a client sends what no source takes.", percent))
	}
	slices.SortStableFunc(h.Problems, func(a, b HealthProblem) int { return rankOf[b.Level] - rankOf[a.Level] })
	h.Status = "ok"
	if len(h.Problems) > 0 {
		h.Status = h.Problems[0].Level
	}
}

func (h *Health) judgeLag(topic string, lag time.Duration) {
	level := "warning"
	switch {
	case lag < lagWarning:
		return
	case lag >= lagError:
		level = "error"
	}
	h.problem(level, "queue_lag", topic, int64(lag/time.Second), fmt.Sprintf("Work of %s waits for %s already: add workers, or find out what they wait for.", topic, lag.Round(time.Second)))
}

var rankOf = map[string]int{"warning": 1, "error": 2}
