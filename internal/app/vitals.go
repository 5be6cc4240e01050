package app

import (
	"context"
	"crypto/rand"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/vitals"
	"github.com/tracardi/tracardi-go/storage"
)

// vitals makes the monitor of this process. counts are what its collector has seen.
func (p *Program) vitals(st *stores, instance string, counts func() vitals.Counts) *vitals.Monitor {
	return vitals.New(vitals.Options{
		ID: instance + "/" + rand.Text()[:8], Roles: p.Settings.Roles, Version: p.Version, Cache: st.cache, Counts: counts, Log: p.Log,
	})
}

// countsOf reads the collector's counters.
func countsOf(c *collect.Counts) vitals.Counts {
	return vitals.Counts{Payloads: c.Payloads.Load(), Events: c.Events.Load(), Refused: c.Refused.Load(), Failed: c.Failed.Load()}
}

// measured notes how long each payload takes.
func measured(line *pipeline.Pipeline, monitor *vitals.Monitor, m *metrics) collect.Process {
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "tracardi_payload_seconds", Help: "Time to process a payload, from its acceptance until it is stored.", Buckets: vitals.Bounds,
	})
	m.registry.MustRegister(seconds)
	return func(ctx context.Context, payload *tracardi.Payload, source *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
		begin := time.Now()
		answer, err := line.Process(ctx, payload, source, done)
		took := time.Since(begin)
		monitor.Observe(took)
		seconds.Observe(took.Seconds())
		return answer, err
	}
}

// storeStates asks each store whether it works, and how long it takes to say so.
func (h *health) storeStates(ctx context.Context) []api.StoreState {
	states := make([]api.StoreState, len(h.checks))
	for i, c := range h.checks {
		begin := time.Now()
		err := ping(ctx, c)
		states[i] = api.StoreState{Name: c.name, Ready: err == nil, Milliseconds: float64(time.Since(begin)) / float64(time.Millisecond)}
		if err != nil {
			states[i].Reason = reason(err)
			h.log.Warn("a store does not work", "check", c.name, "error", err)
		}
	}
	return states
}

// disk tells what is taken and free on the disk of the records, unless they are on a server.
func (p *Program) disk(st *stores) (disk api.Disk) {
	if st.size == nil {
		return disk
	}
	disk.Records = st.size()
	if free, err := freeSpace(existing(p.Settings.RecordsDir())); err == nil {
		disk.Free = &free
		disk.Low = free < littleSpace
	}
	return disk
}

// disk shows how much room there is.
func (m *metrics) disk(ask func() api.Disk) {
	m.gauge("tracardi_disk_free_bytes", "Bytes that are free on the disk of the records.", nil, func() float64 {
		if free := ask().Free; free != nil {
			return float64(*free)
		}
		return math.NaN()
	})
}
