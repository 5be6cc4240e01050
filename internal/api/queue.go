package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

// Topic tells how much of one kind of work waits.
type Topic struct {
	Name    string     `json:"topic"`
	Ready   int64      `json:"ready" doc:"Waiting for a worker, or with one."`
	Delayed int64      `json:"delayed" doc:"Waiting for their time."`
	Dead    int64      `json:"dead" doc:"Put aside because they could not be done."`
	Lag     float64    `json:"lag_seconds,omitempty" doc:"How long the oldest one waits."`
	Oldest  *time.Time `json:"oldest,omitempty" doc:"Since when the oldest one waits."`
}

// DeadLetter is a message that was put aside.
type DeadLetter struct {
	ID      string          `json:"id"`
	Key     string          `json:"key,omitempty"`
	Attempt int             `json:"attempt" doc:"How often it was tried."`
	At      time.Time       `json:"at" doc:"When it was published."`
	Reason  string          `json:"reason"`
	Body    json.RawMessage `json:"body" doc:"What it holds: JSON as it is, anything else as text."`
}

func (s *server) queueState(ctx context.Context, _ *struct{}) (*listOutput[Topic], error) {
	out := &listOutput[Topic]{List[Topic]{[]Topic{}}}
	tenant := of(ctx).tenant
	for _, name := range s.topics(tenant) {
		depth, err := s.queue.Depth(ctx, tenant, name)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, topicOf(name, depth))
	}
	return out, nil
}

func topicOf(name string, depth storage.Depth) Topic {
	topic := Topic{name, depth.Ready, depth.Delayed, depth.Dead, 0, timeOrNil(depth.Oldest)}
	if topic.Oldest != nil {
		topic.Lag = max(0, time.Since(depth.Oldest).Seconds())
	}
	return topic
}

func (s *server) deadLetters(ctx context.Context, in *struct {
	Topic string `path:"topic" maxLength:"512"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"25"`
},
) (*listOutput[DeadLetter], error) {
	messages, err := s.queue.DeadLetters(ctx, of(ctx).tenant, in.Topic, in.Limit)
	out := listOf(messages, deadLetter)
	if of(ctx).masked {
		for i := range out.Body.Items {
			out.Body.Items[i].mask()
		}
	}
	return out, err
}

func deadLetter(m storage.Message) DeadLetter {
	body := m.Body
	if !json.Valid(body) {
		body = []byte(literal(strings.ToValidUTF8(string(m.Body), "\ufffd")))
	}
	return DeadLetter{m.ID, m.Key, m.Attempt, m.At, m.Reason, body}
}

// Replay says which messages to try again.
type Replay struct {
	IDs []string `json:"ids,omitempty" maxItems:"1000" doc:"Left out for all."`
}

// Replayed tells how many messages are tried again.
type Replayed struct {
	Replayed int `json:"replayed"`
}

func (s *server) replay(ctx context.Context, in *struct {
	Topic string `path:"topic" maxLength:"512"`
	Body  *Replay
},
) (*struct{ Body Replayed }, error) {
	var ids []string
	if in.Body != nil {
		ids = in.Body.IDs
	}
	n, err := s.queue.Replay(ctx, of(ctx).tenant, in.Topic, ids...)
	s.log.Info("dead letters replayed", "tenant", of(ctx).tenant, "topic", in.Topic, "count", n, "by", of(ctx).actor.ID)
	return &struct{ Body Replayed }{Replayed{n}}, err
}
