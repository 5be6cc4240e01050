package segment

import (
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
)

// Decode makes payloads of those messages of a batch that are in order.
func Decode(text []byte, hasher *identity.Hasher) []*tracardi.Payload {
	var body request
	if json.Unmarshal(text, &body) != nil {
		return nil
	}
	k := &maker{hasher: hasher, source: "s", last: map[string]int{}, envelope: envelope{sentAt: body.SentAt, received: time.Now()}}
	for i, message := range body.Batch {
		_ = k.add(i, message) // what is refused leaves nothing
	}
	payloads := make([]*tracardi.Payload, len(k.payloads))
	for i := range k.payloads {
		payloads[i] = k.payloads[i].Payload
	}
	return payloads
}
