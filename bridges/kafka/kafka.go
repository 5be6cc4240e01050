// Package kafka reads topics of Apache Kafka and of what speaks its protocol, such as Redpanda.
package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	bridge.Register(bridge.Kind{
		ID: "kafka", Name: "Apache Kafka", Icon: "arrows-split-2", Doc: "Reads topics of Apache Kafka as a member of a consumer group.",
		New: func() bridge.Reader { return &Kafka{Start: startEarliest} },
	})
}

const (
	startEarliest = "earliest"

	batch    = 500              // records that are accepted together
	patience = 10 * time.Second // for an answer, and between two looks whether the brokers are there
	// Members that die are missed after this long, and others get their partitions.
	sessionTimeout = 10 * time.Second
)

// Kafka reads topics as a member of a consumer group: partitions are shared among all copies of the program, and each is read in its
// order. Offsets are committed when the messages are on the disk here. Records without a value, which mark deletions, are passed over.
type Kafka struct {
	Server node.Reference `json:"server" title:"Kafka" help:"The resource with the brokers and the account." kind:"resource:kafka" required:"true"`
	Topics []string       `json:"topics" title:"Topics" help:"Their names." required:"true"`
	Group  string         `json:"group" title:"Consumer group" help:"Made of the source's id when empty. Readers with the same group share the messages."`
	Start  string         `json:"start" title:"Start" help:"Where a group that is new begins: earliest reads what is there, latest what comes from now on." enum:"earliest,latest"`
}

// Run implements bridge.Reader.
func (k *Kafka) Run(ctx context.Context, host *bridge.Host) error {
	server := newServer()
	if err := host.Resource(ctx, k.Server.ID, server); err != nil {
		return err
	}
	start := kgo.NewOffset().AtStart()
	if k.Start != startEarliest {
		start = kgo.NewOffset().AtEnd()
	}
	client, err := server.open(host.Network, kgo.ConsumerGroup(cmp.Or(k.Group, host.Consumer)), kgo.ConsumeTopics(k.Topics...),
		kgo.ConsumeResetOffset(start), kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.SessionTimeout(sessionTimeout), kgo.FetchMaxBytes(8<<20))
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance()
	topics, err := k.find(ctx, client)
	if err != nil {
		return ended(ctx, server.explain(err))
	}
	host.Connected()
	for {
		if err := k.step(ctx, client, topics, host); err != nil || ctx.Err() != nil {
			return ended(ctx, server.explain(err))
		}
	}
}

// ended is nil when the reader was told to stop.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// find returns marks of the topics: a topic that is removed and made anew gets another one, and its offsets begin again.
func (k *Kafka) find(ctx context.Context, client *kgo.Client) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := client.Ping(ctx); err != nil { // asks once, where other requests try again and again
		return nil, err
	}
	found, err := kadm.NewClient(client).ListTopics(ctx, k.Topics...)
	if err != nil {
		return nil, err
	}
	marks := map[string]string{}
	for _, name := range k.Topics {
		topic := found[name]
		switch {
		case errors.Is(topic.Err, kerr.UnknownTopicOrPartition):
			return nil, tracardi.InvalidField("topics", "there is no topic %q: make it, or correct its name", name)
		case topic.Err != nil:
			return nil, fmt.Errorf("topic %q: %w", name, topic.Err)
		}
		if marks[name] = name; topic.ID != (kadm.TopicID{}) {
			marks[name] = topic.ID.String()
		}
	}
	return marks, nil
}

// step takes the records that are there, or waits for some.
func (k *Kafka) step(ctx context.Context, client *kgo.Client, topics map[string]string, host *bridge.Host) error {
	defer client.AllowRebalance()
	waiting, cancel := context.WithTimeout(ctx, patience)
	fetches := client.PollRecords(waiting, batch)
	cancel()
	for _, failed := range fetches.Errors() {
		if !errors.Is(failed.Err, context.DeadlineExceeded) && !errors.Is(failed.Err, context.Canceled) {
			return fmt.Errorf("read the topic %q: %w", failed.Topic, failed.Err)
		}
	}
	records := fetches.Records()
	if len(records) == 0 {
		alive, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return client.Ping(alive) // the client itself would try for ever, and tell nobody
	}
	messages := make([]bridge.Message, 0, len(records))
	for _, record := range records {
		if record.Value != nil {
			messages = append(messages, message(record, topics[record.Topic]))
		}
	}
	if err := host.Take(ctx, messages...); err != nil {
		return &refused{err}
	}
	return client.CommitRecords(ctx, records...)
}

// refused is what the program said, not Kafka.
type refused struct{ error }

func message(record *kgo.Record, topic string) bridge.Message {
	m := bridge.Message{
		ID:  fmt.Sprintf("%s/%d/%d", topic, record.Partition, record.Offset),
		Key: string(record.Key), Topic: record.Topic, Time: record.Timestamp, Body: record.Value,
	}
	if len(record.Headers) > 0 {
		m.Headers = make(map[string]string, len(record.Headers))
		for _, header := range record.Headers {
			m.Headers[header.Key] = string(header.Value)
		}
	}
	return m
}

// open makes a client that dials as flows may. The caller closes it.
func (s *Server) open(network node.Network, options ...kgo.Opt) (*kgo.Client, error) {
	encryption, err := bridge.Encryption(s.TLS, s.CA)
	if err != nil {
		return nil, err
	}
	login, err := s.login()
	if err != nil {
		return nil, err
	}
	return kgo.NewClient(append(options, kgo.SeedBrokers(s.Brokers...), kgo.ClientID("tracardi"), kgo.SASL(login...),
		kgo.Dialer(func(ctx context.Context, _, address string) (net.Conn, error) {
			return bridge.Dial(ctx, network, address, encryption)
		}))...)
}
