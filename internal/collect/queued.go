package collect

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

// Topic is where accepted payloads wait for a worker.
const Topic = "collected"

// enqueue accepts a payload for later. From now on it has all of its ids, so that a second delivery changes nothing; the
// answer names the session but no profile, which nobody knows yet.
func (c *Collector) enqueue(ctx context.Context, payload *tracardi.Payload) (*tracardi.Answer, error) {
	if len(payload.Events) == 0 {
		return nil, nil
	}
	if payload.Session == "" && !payload.ProfileLess {
		payload.Session = uuid.NewString()
	}
	for i := range payload.Events {
		if e := &payload.Events[i]; e.ID == "" {
			e.ID = uuid.Must(uuid.NewV7()).String()
		}
	}
	message, err := Message(payload)
	if err != nil {
		return nil, err
	}
	if err := c.options.Queue.Publish(ctx, payload.Tenant, message); err != nil {
		return nil, err
	}
	fault.At(fault.Accepted)
	answer := &tracardi.Answer{Task: payload.ID, Session: payload.Session}
	if payload.Options.SkipSession {
		answer.Session = ""
	}
	return answer, nil
}

// Message is the message by which a payload is accepted for later. Those of one session keep their order.
func Message(payload *tracardi.Payload) (storage.Message, error) {
	text, err := json.Marshal(payload)
	key := payload.Session
	if key == "" {
		key = payload.ID
	}
	return storage.Message{Topic: Topic, ID: payload.ID, Key: key, Body: text}, err
}

// Work processes accepted payloads until ctx ends.
func (c *Collector) Work(ctx context.Context, workers int) error {
	return c.options.Queue.Consume(ctx, Topic, storage.Consume{Workers: workers}, c.handle)
}

func (c *Collector) handle(ctx context.Context, lease *storage.Lease) storage.Verdict {
	fault.At(fault.Received)
	payload := &tracardi.Payload{}
	if err := json.Unmarshal(lease.Message.Body, payload); err != nil {
		return storage.Dead("the message is no payload: " + err.Error())
	}
	source, err := c.sender(payload)
	if err != nil {
		if lease.Message.Attempt <= sourceAttempts {
			return storage.Again(sourceWait)
		}
		return storage.Dead(err.Error()) // accepted from a source that is gone: kept for someone to look at
	}
	// A stop lets the payload in hand finish.
	if _, err := c.options.Process(context.WithoutCancel(ctx), payload, source, lease); err != nil {
		switch tracardi.KindOf(err) {
		case tracardi.Invalid, tracardi.TooLarge, tracardi.Unauthenticated, tracardi.Forbidden:
			return storage.Dead(err.Error())
		}
		verdict := storage.Failed(lease.Message.Attempt, err)
		if lease.Message.Attempt == 1 || verdict.Dead != "" { // an outage has many attempts
			c.options.Log.Warn("collect: a payload is not processed", "payload", payload.ID, "attempt", lease.Message.Attempt, "dead", verdict.Dead != "", "error", err)
		}
		return verdict
	}
	return storage.Committed()
}

// sender is the source of an accepted payload. What the system sends itself needs none that is registered.
func (c *Collector) sender(payload *tracardi.Payload) (*tracardi.Source, error) {
	if payload.Way != tracardi.SourceInternal {
		return c.source(payload.Tenant, payload.Source.ID, payload.Way)
	}
	if source := c.options.Workspace.Snapshot(payload.Tenant).Sources[payload.Source.ID]; source != nil {
		return source, nil
	}
	return &tracardi.Source{ID: payload.Source.ID, Types: []string{tracardi.SourceInternal}, Enabled: true}, nil
}

// The process that accepted the payload may have heard of its source, or of a change of it, before this one does.
const (
	sourceAttempts = 4
	sourceWait     = 500 * time.Millisecond
)
