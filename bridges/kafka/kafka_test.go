package kafka_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go/bridge/bridgetest"
	_ "github.com/tracardi/tracardi-go/bridges/kafka" // what is tested
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestKafka(t *testing.T) {
	brokers := strings.Split(storagetest.Server(t, "TRACARDI_TEST_KAFKA_BROKERS"), ",")
	bridgetest.Run(t, bridgetest.Broker{
		Kind:   "kafka",
		Server: map[string]any{"brokers": brokers},
		Make: func(t *testing.T) (map[string]any, func(...bridgetest.Sent)) {
			topic := "orders-" + uuid.NewString()
			client := producer(t, brokers)
			if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 4, 1, nil, topic); err != nil {
				t.Fatal(err)
			}
			send := func(messages ...bridgetest.Sent) {
				var records []*kgo.Record
				for _, m := range messages {
					records = append(records, &kgo.Record{Topic: topic, Key: []byte(m.Key), Value: []byte(m.Body)})
				}
				if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
					t.Fatal(err)
				}
			}
			return map[string]any{"topics": []any{topic}, "group": topic}, send
		},
		Wrong: map[string]struct{ Server, Settings map[string]any }{
			"connection refused":                 {Server: map[string]any{"brokers": []any{"127.0.0.1:1"}}},
			"egress-allow":                       {Server: map[string]any{"brokers": []any{"10.255.255.1:9092"}}},
			`there is no topic "nobody-made-it"`: {Settings: map[string]any{"topics": []any{"nobody-made-it"}}},
			`refuses the account "ann"`:          {Server: map[string]any{"brokers": brokers, "login": "plain", "user": "ann", "password": "wrong"}},
		},
	})
}

func producer(t *testing.T, brokers []string) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
