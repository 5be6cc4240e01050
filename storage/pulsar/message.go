package pulsar

import (
	"net/url"
	"strconv"
	"time"

	"github.com/apache/pulsar-client-go/pulsar"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go/storage"
)

// Names of the properties that hold what a message is beside its body. Texts are escaped as in a URL: they may hold any byte.
const (
	propertyTenant  = "tenant"
	propertyID      = "id"
	propertyKey     = "key"
	propertyAt      = "at"  // nanoseconds since 1970
	propertyDue     = "due" // the same; left out when there is none
	propertyAttempt = "attempt"
	propertyReason  = "reason"
)

// ahead is how long before its time a message leaves the broker, whose clock ticks once a second; the consumer holds it until
// the moment has come.
const ahead = 3 * time.Second

func encode(tenant string, m *storage.Message) *pulsar.ProducerMessage {
	properties := map[string]string{
		propertyTenant: url.QueryEscape(tenant), propertyID: url.QueryEscape(m.ID), propertyKey: url.QueryEscape(m.Key),
		propertyAt: strconv.FormatInt(m.At.UnixNano(), 10),
	}
	if m.Attempt > 0 {
		properties[propertyAttempt] = strconv.Itoa(m.Attempt)
	}
	if m.Reason != "" {
		properties[propertyReason] = url.QueryEscape(m.Reason)
	}
	message := &pulsar.ProducerMessage{Payload: m.Body, Properties: properties, OrderingKey: line(tenant, m.Key)}
	if m.Key == "" {
		message.OrderingKey = uuid.NewString() // so that it goes to any consumer
	}
	if message.Payload == nil {
		message.Payload = []byte{} // the client takes nil for a message without a value
	}
	if !m.Due.IsZero() {
		properties[propertyDue] = strconv.FormatInt(m.Due.UnixNano(), 10)
		if time.Until(m.Due) > 2*ahead {
			message.DeliverAt = m.Due.Add(-ahead)
		}
	}
	return message
}

// line names the messages that are handled one after the other.
func line(tenant, key string) string { return strconv.Itoa(len(tenant)) + ":" + tenant + key }

func decode(topic string, p pulsar.Message) storage.Lease {
	properties := p.Properties()
	text := func(name string) string {
		value, err := url.QueryUnescape(properties[name])
		if err != nil {
			return properties[name]
		}
		return value
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(properties[name], 10, 64) // 0 when there is none
		return n
	}
	m := storage.Message{
		Topic: topic, ID: text(propertyID), Key: text(propertyKey), Body: p.Payload(),
		At: time.Unix(0, number(propertyAt)).UTC(), Attempt: int(number(propertyAttempt)), Reason: text(propertyReason),
	}
	if due := number(propertyDue); due != 0 {
		m.Due = time.Unix(0, due).UTC()
	}
	return storage.Lease{Tenant: text(propertyTenant), Message: m, Token: []byte(positionOf(p.ID()).String())}
}
