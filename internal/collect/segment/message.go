package segment

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
)

// message is one call of a client. The names are the wire's.
type message struct {
	Type              string            `json:"type"`
	MessageID         string            `json:"messageId"`
	UserID            id                `json:"userId"`
	AnonymousID       id                `json:"anonymousId"`
	PreviousID        id                `json:"previousId"`
	GroupID           id                `json:"groupId"`
	Event             string            `json:"event"`
	Name              string            `json:"name"`
	Category          string            `json:"category"`
	Properties        tracardi.Object   `json:"properties"`
	Traits            tracardi.Object   `json:"traits"`
	Context           tracardi.Object   `json:"context"`
	Integrations      tracardi.Object   `json:"integrations"`
	MergeProperties   []mergeIdentifier `json:"mergeProperties"`
	Timestamp         string            `json:"timestamp"`
	OriginalTimestamp string            `json:"originalTimestamp"`
	SentAt            string            `json:"sentAt"`
}

type mergeIdentifier struct {
	Type  string `json:"type"`
	Value id     `json:"value"`
}

// id is a text; clients send numbers too.
type id string

// UnmarshalJSON implements json.Unmarshaler.
func (i *id) UnmarshalJSON(text []byte) error {
	switch kind := jsontext.Value(text).Kind(); kind {
	case '"':
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		*i = id(strings.TrimSpace(s))
	case '0':
		*i = id(text)
	case 'n':
		*i = ""
	default:
		return &tracardi.Error{Kind: tracardi.Invalid, Message: "must be a text or a number"}
	}
	if len(*i) > maxID {
		return &tracardi.Error{Kind: tracardi.TooLarge, Message: fmt.Sprintf("is longer than %d bytes", maxID)}
	}
	return nil
}

const (
	maxID   = 1024 // bytes of a client's id, of which ids of fixed length are made
	maxType = 200  // bytes of an event's name
)

// The event types that calls become; a track call has its own.
const (
	typeIdentify = "profile-update"
	typePage     = "page-view"
	typeScreen   = "screen-view"
	typeGroup    = "group"
	typeAlias    = "alias"
	typeMerge    = "merge"
)

// calls are the messages there are.
var calls = []string{"track", "identify", "page", "screen", "group", "alias", "merge"}

// envelope is what a request says of all its messages.
type envelope struct {
	call     string // of the address; empty for a batch, whose messages say it
	sentAt   string
	context  tracardi.Object
	received time.Time
	history  bool // an import of old data, whose clocks are not corrected
}

// read decodes a message and checks what all calls need.
func (v envelope) read(text []byte) (*message, error) {
	if len(text) > maxEvent {
		return nil, &tracardi.Error{Kind: tracardi.TooLarge, Message: fmt.Sprintf("is larger than %d bytes", maxEvent)}
	}
	if err := collect.DefaultLimits.Check(text); err != nil {
		return nil, err
	}
	m := &message{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, collect.SyntaxError(err)
	}
	if v.call != "" {
		m.Type = v.call
	}
	m.Event = strings.TrimSpace(m.Event)
	if m.Context.Empty() {
		m.Context = v.context
	}
	if v.sentAt != "" {
		m.SentAt = v.sentAt
	}
	if len(m.MessageID) > maxID {
		return nil, tracardi.InvalidField("messageId", "is longer than %d bytes", maxID)
	}
	return m, m.check()
}

func (m *message) check() error {
	switch m.Type {
	case "track":
		if m.Event == "" {
			return tracardi.InvalidField("event", "is missing: it says what happened, such as Order Completed")
		}
		if len(m.Event) > maxType {
			return tracardi.InvalidField("event", "is longer than %d bytes", maxType)
		}
	case "identify", "page", "screen":
	case "group":
		if m.GroupID == "" {
			return tracardi.InvalidField("groupId", "is missing")
		}
	case "alias":
		if m.UserID == "" || m.PreviousID == "" {
			return tracardi.InvalidField("previousId", "an alias needs userId and previousId")
		}
	case "merge":
		if len(m.MergeProperties) != 2 {
			return tracardi.InvalidField("mergeProperties", "must name two identifiers")
		}
		for i, p := range m.MergeProperties {
			if p.Type == "" || p.Value == "" {
				return tracardi.InvalidField(fmt.Sprintf("mergeProperties[%d]", i), "needs type and value")
			}
		}
		return nil
	default:
		return tracardi.InvalidField("type", "%.40q is no call: send %s", m.Type, strings.Join(calls, ", "))
	}
	if m.UserID == "" && m.AnonymousID == "" {
		return tracardi.InvalidField("userId", "is missing, and so is anonymousId: one of them says whose event it is")
	}
	return nil
}

// happened is the time of a message on the server's clock: a client whose clock is wrong is as wrong about the time of sending.
// It is zero when the client gave none.
func (v envelope) happened(m *message) (time.Time, error) {
	field, text := "timestamp", m.Timestamp
	if m.OriginalTimestamp != "" {
		field, text = "originalTimestamp", m.OriginalTimestamp
	}
	if text == "" {
		return time.Time{}, nil
	}
	told, err := tracardi.ParseTime(text)
	if err != nil {
		return told, tracardi.InvalidField(field, "is no time such as 2026-01-31T10:00:00Z")
	}
	at := told
	if sent, err := tracardi.ParseTime(m.SentAt); err == nil && !v.history {
		before := sent.Sub(told)
		if before == math.MaxInt64 || before == math.MinInt64 {
			return told, tracardi.InvalidField(field, "%s lies centuries from the time of sending", text)
		}
		at = v.received.Add(-before)
	}
	if at.Year() < 1970 || at.Year() > 2100 {
		return at, tracardi.InvalidField(field, "%s lies outside the years 1970 to 2100", text)
	}
	return at, nil
}
