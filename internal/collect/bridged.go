package collect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/fault"
	"github.com/tracardi/tracardi-go/storage"
)

// Deliver accepts messages that a bridge read for a source. Nil means that all of them are in the queue, in their order: as payloads,
// or, what cannot be read, as dead letters of UnreadTopic, which are counted. An error means that none need be.
func (c *Collector) Deliver(ctx context.Context, tenant, sourceID, way string, messages []bridge.Message) (unread int, err error) {
	source, err := c.source(tenant, sourceID, way)
	if err != nil {
		return 0, err
	}
	each, events := make([][]storage.Message, len(messages)), 0
	for i := range messages {
		m := &messages[i]
		m.ID = cmp.Or(m.ID, uuid.NewString())
		var n int
		if each[i], n, err = c.read(tenant, way, source, m); err == nil {
			events += n
			continue
		}
		unread++
		if each[i], err = keep(source, way, m, len(m.Body)); err != nil {
			return 0, err
		}
	}
	err = c.publish(ctx, tenant, slices.Concat(each...)...)
	if tracardi.KindOf(err) == tracardi.TooLarge {
		err = c.deliverEach(ctx, tenant, way, source, messages, each)
	}
	if err != nil {
		return 0, err
	}
	fault.At(fault.Accepted)
	c.Counts.Payloads.Add(int64(len(messages) - unread))
	c.Counts.Events.Add(int64(events))
	return unread, nil
}

func (c *Collector) publish(ctx context.Context, tenant string, messages ...storage.Message) error {
	if len(messages) == 0 {
		return nil
	}
	return c.options.Queue.Publish(ctx, tenant, messages...)
}

// keptBytes is what is kept of a message that is larger than the queue takes: else it would block those behind it for ever.
const keptBytes = 64 << 10

func (c *Collector) deliverEach(ctx context.Context, tenant, way string, source *tracardi.Source, messages []bridge.Message, each [][]storage.Message) error {
	for i := range messages {
		err := c.publish(ctx, tenant, each[i]...)
		if tracardi.KindOf(err) == tracardi.TooLarge {
			kept, failed := keep(source, way, &messages[i], min(keptBytes, len(messages[i].Body)))
			if failed != nil {
				return failed
			}
			err = c.publish(ctx, tenant, kept...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read turns a message of a broker into messages of the queue. They have all their ids, made of the message's own, so that a second
// delivery changes nothing. Its errors name the field.
func (c *Collector) read(tenant, way string, source *tracardi.Source, m *bridge.Message) (messages []storage.Message, events int, err error) {
	limits := c.options.Limits
	if int64(len(m.Body)) > limits.Body {
		return nil, 0, tooLarge("", "the message is larger than %d bytes", limits.Body)
	}
	if err := limits.Check(m.Body); err != nil {
		return nil, 0, err
	}
	payloads, err := payloadsOf(m.Body, source, limits)
	if err != nil {
		return nil, 0, err
	}
	messages = make([]storage.Message, len(payloads))
	for i, payload := range payloads {
		payload.Tenant, payload.Way, payload.Source.ID, payload.Received = tenant, way, source.ID, time.Now().UTC()
		name(payload, source, m, i)
		c.refer(payload)
		if messages[i], err = Message(payload); err != nil {
			return nil, 0, err
		}
		if payload.Session == "" && m.Key != "" {
			messages[i].Key = derived("key", source.ID, m.Key) // which may be no text, or a long one
		}
		events += len(payload.Events)
	}
	return messages, events, nil
}

// payloadsOf tells what a text is: a payload as trackers send it, an event, any object, or a list of the last two.
func payloadsOf(text []byte, source *tracardi.Source, limits Limits) ([]*tracardi.Payload, error) {
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0:
		return nil, tracardi.InvalidField("", "the message is empty")
	case text[0] == '[':
		var list []jsontext.Value
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, SyntaxError(err)
		}
		if len(list) > limits.Events {
			return nil, tooLarge("", "a message may have %d events and this one has %d", limits.Events, len(list))
		}
		payloads := make([]*tracardi.Payload, len(list))
		for i, one := range list {
			var err error
			if payloads[i], err = single(one, source); err != nil {
				return nil, inside(fmt.Sprintf("[%d]", i), err)
			}
		}
		return payloads, nil
	}
	var whole struct {
		Events jsontext.Value `json:"events"`
	}
	if json.Unmarshal(text, &whole) == nil && whole.Events.Kind() == '[' {
		b := body{}
		if err := json.Unmarshal(text, &b); err != nil {
			return nil, SyntaxError(err)
		}
		b.Source = &reference{ID: source.ID} // whoever may write to the broker speaks for this source, and no other
		payload, err := b.payload(limits)
		return []*tracardi.Payload{payload}, err
	}
	payload, err := single(text, source)
	return []*tracardi.Payload{payload}, err
}

// eventFields are those of an event on its own.
var eventFields = []string{"id", "type", "time", "properties", "context", "options", "tags"}

// single makes a payload of one object: of an event, or of the properties of one.
func single(text []byte, source *tracardi.Source) (*tracardi.Payload, error) {
	var object map[string]jsontext.Value
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, SyntaxError(err)
	}
	isEvent := object["type"].Kind() == '"'
	for field := range object {
		isEvent = isEvent && slices.Contains(eventFields, field)
	}
	var e event
	switch _, hasProperties := object["properties"]; {
	case isEvent && (hasProperties || source.EventType == ""):
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, SyntaxError(err)
		}
	case source.EventType == "":
		return nil, tracardi.InvalidField("", "the message is no event (an object with type and properties) and no payload (an object with events): "+
			"give the source an event_type, and it becomes the properties of such an event")
	default:
		e.Type = source.EventType
		if err := json.Unmarshal(text, &e.Properties); err != nil {
			return nil, SyntaxError(err)
		}
	}
	payload := &tracardi.Payload{ProfileLess: true, Options: tracardi.Options{SkipSession: true}, Events: make([]tracardi.NewEvent, 1)}
	if err := e.decode(&payload.Events[0]); err != nil {
		return nil, err
	}
	if source.ProfileFrom != "" {
		bindProfile(payload, source)
		if !source.StickySession && payload.Session != "" {
			payload.Session = "" // another one at each delivery: name makes one that stays
		}
	}
	return payload, nil
}

// name gives a payload and its events the ids and the time that they lack, from the message that brought them.
func name(payload *tracardi.Payload, source *tracardi.Source, m *bridge.Message, part int) {
	here := strconv.Itoa(part)
	payload.ID = derived("payload", source.ID, m.ID, here)
	if payload.Session == "" && !payload.ProfileLess {
		payload.Session = derived("session", source.ID, m.ID, here)
	}
	for i := range payload.Events {
		e := &payload.Events[i]
		if e.ID == "" {
			e.ID = derived("event", source.ID, m.ID, here, strconv.Itoa(i))
		}
		if year := m.Time.Year(); e.Insert.IsZero() && year >= 1970 && year <= 2100 {
			e.Insert = m.Time.UTC()
		}
	}
}

// derived is an id that is always the same for the same parts.
func derived(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return uuid.Must(uuid.FromBytes(sum[:16])).String()
}

// UnreadTopic is where messages of brokers wait which make no payload. A worker reads them once more, as the source is set then, and
// puts aside what still cannot be read; so a replay helps when the source was mended.
const UnreadTopic = "unread"

// unread is a message in UnreadTopic.
type unread struct {
	Source  string         `json:"source"`
	Way     string         `json:"way"`
	Message bridge.Message `json:"message"`
	Text    string         `json:"text,omitempty"`   // the body,
	Base64  string         `json:"base64,omitempty"` // or this when it is no text
	Missing int            `json:"missing_bytes,omitempty"`
}

// keep makes a message of UnreadTopic of the first bytes of another.
func keep(source *tracardi.Source, way string, m *bridge.Message, size int) ([]storage.Message, error) {
	kept := unread{Source: source.ID, Way: way, Message: *m, Missing: len(m.Body) - size}
	kept.Message.Key = strings.ToValidUTF8(m.Key, "\ufffd")
	kept.Message.Headers = nil
	for name, value := range m.Headers {
		if kept.Message.Headers == nil {
			kept.Message.Headers = map[string]string{}
		}
		kept.Message.Headers[strings.ToValidUTF8(name, "\ufffd")] = strings.ToValidUTF8(value, "\ufffd")
	}
	if body := m.Body[:size]; utf8.Valid(body) {
		kept.Text = string(body)
	} else {
		kept.Base64 = base64.StdEncoding.EncodeToString(body)
	}
	text, err := json.Marshal(kept)
	return []storage.Message{{Topic: UnreadTopic, ID: m.ID, Key: source.ID, Body: text}}, err
}

// WorkUnread looks at messages that could not be read, until ctx ends.
func (c *Collector) WorkUnread(ctx context.Context) error {
	return c.options.Queue.Consume(ctx, UnreadTopic, storage.Consume{}, c.reread)
}

func (c *Collector) reread(ctx context.Context, lease *storage.Lease) storage.Verdict {
	var kept unread
	if err := json.Unmarshal(lease.Message.Body, &kept); err != nil {
		return storage.Dead("it is no message of a broker: " + err.Error())
	}
	if kept.Missing > 0 {
		return storage.Dead(fmt.Sprintf("the message is larger than the queue takes: its last %d bytes are missing here", kept.Missing))
	}
	source, err := c.source(lease.Tenant, kept.Source, kept.Way)
	if err != nil {
		if lease.Message.Attempt <= sourceAttempts {
			return storage.Again(sourceWait)
		}
		return storage.Dead(err.Error())
	}
	m := kept.Message
	m.Body = []byte(kept.Text)
	if kept.Base64 != "" {
		if m.Body, err = base64.StdEncoding.DecodeString(kept.Base64); err != nil {
			return storage.Dead("its body is damaged: " + err.Error())
		}
	}
	messages, _, err := c.read(lease.Tenant, kept.Way, source, &m)
	if err != nil {
		return storage.Dead(err.Error())
	}
	if err := c.publish(context.WithoutCancel(ctx), lease.Tenant, messages...); err != nil {
		return storage.Failed(lease.Message.Attempt, err)
	}
	return storage.Done()
}
