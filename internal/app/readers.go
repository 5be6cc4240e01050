package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tracardi/tracardi-go/internal/reader"
)

// readerNumbers shows how the readers of brokers do.
type readerNumbers struct {
	readers                           *reader.Readers
	connected, messages, unread, last *prometheus.Desc
}

func (m *metrics) readers(readers *reader.Readers) {
	number := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"tenant", "source", "kind"}, nil)
	}
	m.registry.MustRegister(&readerNumbers{
		readers,
		number("tracardi_bridge_connected", "Whether the broker of a source is being read: 1 or 0."),
		number("tracardi_bridge_messages_total", "Messages of brokers accepted, by source."),
		number("tracardi_bridge_unread_total", "Messages of brokers that could not be read and were put aside, by source."),
		number("tracardi_bridge_last_message_timestamp_seconds", "When the last message of a broker came, by source."),
	})
}

// Describe implements prometheus.Collector.
func (n *readerNumbers) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{n.connected, n.messages, n.unread, n.last} {
		to <- desc
	}
}

// Collect implements prometheus.Collector.
func (n *readerNumbers) Collect(to chan<- prometheus.Metric) {
	for _, s := range n.readers.States() {
		send := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64) {
			to <- prometheus.MustNewConstMetric(desc, kind, value, s.Tenant, s.Source, s.Kind)
		}
		connected := 0.0
		if s.Connected {
			connected = 1
		}
		send(n.connected, prometheus.GaugeValue, connected)
		send(n.messages, prometheus.CounterValue, float64(s.Messages))
		send(n.unread, prometheus.CounterValue, float64(s.Unread))
		if !s.Last.IsZero() {
			send(n.last, prometheus.GaugeValue, float64(s.Last.UnixMilli())/1000)
		}
	}
}
