package amqp_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/google/uuid"
	client "github.com/rabbitmq/amqp091-go"
	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go/bridge/bridgetest"
	_ "github.com/tracardi/tracardi-go/bridges/amqp" // what is tested
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAMQP(t *testing.T) {
	address := storagetest.Server(t, "TRACARDI_TEST_AMQP_URL")
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := at.User.Password()
	server := func(host string, port int, user, password, vhost string) map[string]any {
		return map[string]any{"host": host, "port": port, "user": user, "password": password, "vhost": vhost}
	}
	user, host := at.User.Username(), at.Hostname()
	bridgetest.Run(t, bridgetest.Broker{
		Kind:   "amqp",
		Server: server(host, port, user, password, "/"),
		Make: func(t *testing.T) (map[string]any, func(...bridgetest.Sent)) {
			name := "orders-" + uuid.NewString()
			return map[string]any{"queue": name}, sender(t, address, name)
		},
		Wrong: map[string]struct{ Server, Settings map[string]any }{
			"connection refused":                 {Server: server("127.0.0.1", 1, user, password, "/")},
			"egress-allow":                       {Server: server("10.255.255.1", port, user, password, "/")},
			`refuses the account "ann"`:          {Server: server(host, port, "ann", "wrong", "/")},
			`into the virtual host "elsewhere"`:  {Server: server(host, port, user, password, "elsewhere")},
			`there is no queue "nobody-made-it"`: {Settings: map[string]any{"queue": "nobody-made-it"}},
		},
	})
}

// sender makes a queue, and what sends to it.
func sender(t *testing.T, address, queue string) func(messages ...bridgetest.Sent) {
	t.Helper()
	connection, err := client.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	})
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channel.QueueDeclare(queue, true, false, false, false, client.Table{"x-expires": int32(600_000)}); err != nil {
		t.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		t.Fatal(err)
	}
	return func(messages ...bridgetest.Sent) {
		t.Helper()
		var confirmed []*client.DeferredConfirmation
		for _, m := range messages {
			c, err := channel.PublishWithDeferredConfirmWithContext(t.Context(), "", queue, true, false, client.Publishing{
				MessageId: m.ID, DeliveryMode: client.Persistent, Body: []byte(m.Body), Headers: client.Table{"key": m.Key},
			})
			if err != nil {
				t.Fatal(err)
			}
			confirmed = append(confirmed, c)
		}
		for _, c := range confirmed {
			if !c.Wait() {
				t.Fatal("the broker did not take a message")
			}
		}
	}
}
