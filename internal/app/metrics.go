package app

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/storage"
)

// metrics are the numbers that /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tracardi_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tracardi_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tracardi_http_requests_running", Help: "Requests that are being answered.",
		}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.running,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauge("tracardi_build_info", "The program that runs; the value is always 1.", prometheus.Labels{"version": version}, func() float64 { return 1 })
	return m
}

// gauge shows a number that is asked for at each scrape.
func (m *metrics) gauge(name, help string, labels prometheus.Labels, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// count measures the requests that a mux answers. It must be the handler right above the mux, which notes the route that it
// chose in the request.
func (m *metrics) count(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		m.running.Inc()
		defer m.running.Dec()
		answer := &answered{ResponseWriter: w, status: http.StatusOK}
		mux.ServeHTTP(answer, r)
		route := r.Pattern
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(route, strconv.Itoa(answer.status)).Inc()
		m.seconds.WithLabelValues(route).Observe(time.Since(begin).Seconds())
	})
}

// answered remembers the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
	begun  bool
}

// WriteHeader implements http.ResponseWriter.
func (a *answered) WriteHeader(status int) {
	if !a.begun && status >= 200 {
		a.status, a.begun = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answered) Write(body []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// stores shows what the stores take.
func (m *metrics) stores(st *stores) {
	if st.size == nil {
		return
	}
	m.gauge("tracardi_records_bytes", "Bytes that the records take on disk.", nil, func() float64 { return float64(st.size()) })
}

// depths shows how much waits in the queue. Each topic is asked once a scrape: on a server that costs something.
type depths struct {
	queue  storage.Queue
	topics []string
	number *prometheus.Desc
}

func (m *metrics) depths(queue storage.Queue, topics []string) {
	m.registry.MustRegister(&depths{queue, topics, prometheus.NewDesc("tracardi_queue_messages",
		"Messages in the queue: ready or delayed ones wait, dead ones were put aside.", []string{"topic", "state"}, nil)})
}

// Describe implements prometheus.Collector.
func (d *depths) Describe(to chan<- *prometheus.Desc) { to <- d.number }

// Collect implements prometheus.Collector. A queue that gives no answer has no numbers.
func (d *depths) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	for _, topic := range d.topics {
		depth, err := d.queue.Depth(ctx, tracardi.DefaultTenant, topic)
		if err != nil {
			return // /readyz and the log tell of it
		}
		for state, n := range map[string]int64{"ready": depth.Ready, "delayed": depth.Delayed, "dead": depth.Dead} {
			to <- prometheus.MustNewConstMetric(d.number, prometheus.GaugeValue, float64(n), topic, state)
		}
	}
}

// flows shows what flows did.
func (m *metrics) flows(counts *pipeline.Counts) {
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"tracardi_flow_runs_total", "Runs of flows that began.", &counts.Runs},
		{"tracardi_flow_runs_failed_total", "Runs of flows that ended with a failure.", &counts.Failed},
		{"tracardi_flow_runs_woken_total", "Runs of flows that went on after a wait or a node in the background.", &counts.Woken},
		{"tracardi_flow_runs_cancelled_total", "Waiting runs of flows that were cancelled.", &counts.Cancelled},
		{"tracardi_flow_calls_unknown_total", "Calls of nodes of which nobody knows whether they were made, for a person to decide.", &counts.Unknown},
		{"tracardi_flow_nodes_total", "Calls of nodes of flows.", &counts.Nodes},
		{"tracardi_flow_nodes_failed_total", "Calls of nodes of flows that failed.", &counts.NodesFail},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help},
			func() float64 { return float64(c.value.Load()) }))
	}
}

// collector shows what came in.
func (m *metrics) collector(counts *collect.Counts) {
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"tracardi_payloads_total", "Payloads taken in.", &counts.Payloads},
		{"tracardi_events_total", "Events of the payloads taken in.", &counts.Events},
		{"tracardi_payloads_refused_total", "Payloads answered with a client error.", &counts.Refused},
		{"tracardi_payloads_failed_total", "Payloads answered with a server error.", &counts.Failed},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help},
			func() float64 { return float64(c.value.Load()) }))
	}
}
