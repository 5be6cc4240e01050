package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	amqpclient "github.com/rabbitmq/amqp091-go"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// TestBridges sets sources up as docs/bridges.md says, and kills the program again and again while it reads: each message counts once.
func TestBridges(t *testing.T) {
	embedded(t) // it is killed with everything that it keeps
	for name, prepare := range map[string]func(t *testing.T) broker{"kafka": kafka, "amqp": amqp} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killedWhileReading(t, name, prepare(t))
		})
	}
}

// broker is a place for messages that nobody had before.
type broker struct {
	replace map[string]string     // in the commands of the page
	send    func(bodies []string) // in order; may be called by any goroutine
}

const (
	readMessages = 2000
	readKeys     = 50
)

func killedWhileReading(t *testing.T, name string, b broker) {
	data := t.TempDir()
	variables := []string{"TRACARDI_ADMIN_TOKEN=" + token, "TRACARDI_EGRESS_ALLOW=127.0.0.1"}
	p := launchWith(t, variables, data)
	p.awaitReady()
	p.follow(name, b.replace)
	var bodies []string
	for n := range readMessages {
		bodies = append(bodies, fmt.Sprintf(`{"order":%d,"customer":{"id":"c%d"}}`, n, n%readKeys))
	}
	sent := make(chan struct{})
	go func() { // while it reads
		defer close(sent)
		for part := range slices.Chunk(append(bodies, "no JSON"), 20) {
			b.send(part)
		}
	}()
	defer func() { <-sent }()
	for _, share := range []int{1, readMessages / 3} {
		await(t, fmt.Sprintf("%d events", share), func() bool { return p.count("events", "") >= share })
		if code := p.signal(syscall.SIGKILL); code != -1 {
			t.Fatalf("exit code %d of a killed program", code)
		}
		p = launchWith(t, variables, data)
		p.awaitReady()
	}
	last := 0
	await(t, "all events", func() bool {
		last = p.count("events", "")
		return last >= readMessages && p.waiting() == 0
	})
	if n := p.count("events", `type = "order-paid" AND source.id = "orders"`); last != readMessages || n != readMessages {
		t.Errorf("%d events, %d of them of the source, want %d", last, n, readMessages)
	}
	var letters struct{ Items []struct{ Reason string } }
	await(t, "the dead letter", func() bool {
		p.must("GET", "/api/v1/queue/unread/dead", "", &letters)
		return len(letters.Items) > 0
	})
	contains(t, letters.Items[0].Reason, "no valid JSON")
	_, metrics := p.ask("GET", "/metrics", "")
	contains(t, metrics, `tracardi_bridge_connected{kind="`+name+`",source="orders",tenant="default"} 1`)
}

// waiting is how many messages of the queue are not done.
func (p *program) waiting() (n int64) {
	p.t.Helper()
	var topics struct {
		Items []struct{ Ready, Delayed int64 }
	}
	p.must("GET", "/api/v1/queue", "", &topics)
	for _, topic := range topics.Items {
		n += topic.Ready + topic.Delayed
	}
	return n
}

// follow runs a block of commands of docs/bridges.md, with other names in it.
func (p *program) follow(block string, replace map[string]string) {
	p.t.Helper()
	text := regexp.MustCompile("(?s)```sh " + block + "\n(.*?)```").FindStringSubmatch(page(p.t, "bridges.md"))
	if text == nil {
		p.t.Fatalf("docs/bridges.md has no block %q", block)
	}
	script := text[1]
	for _, old := range slices.Sorted(maps.Keys(replace)) {
		if !strings.Contains(script, old) {
			p.t.Fatalf("the block %q has no %q", block, old)
		}
		script = strings.ReplaceAll(script, old, replace[old])
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", strings.ReplaceAll(script, "curl -s ", "curl -sS --fail-with-body "))
	command.Env = environ("TRACARDI="+p.url, "TRACARDI_ADMIN_TOKEN="+token)
	if out, err := command.CombinedOutput(); err != nil {
		p.t.Fatalf("%v\n%s", err, out)
	}
}

// kafka makes a topic, and reads it with an account.
func kafka(t *testing.T) broker {
	brokers := storagetest.Server(t, "TRACARDI_TEST_KAFKA_LOGIN_BROKERS")
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.SASL(plain.Auth{User: "reader", Pass: "reader-secret"}.AsMechanism()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	topic := "orders-" + uuid.NewString()
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 4, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	return broker{
		replace: map[string]string{
			`"kafka-1.example.com:9092"`: `"` + strings.ReplaceAll(brokers, ",", `","`) + `"`,
			`"scram-sha-256"`:            `"plain"`, `"user": "tracardi", "password": "secret"`: `"user": "reader", "password": "reader-secret"`,
			`"topics": ["orders"]`: `"topics": ["` + topic + `"], "group": "` + topic + `"`,
		},
		send: func(bodies []string) {
			var records []*kgo.Record
			for _, body := range bodies {
				records = append(records, &kgo.Record{Topic: topic, Value: []byte(body)})
			}
			if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
				t.Error(err)
			}
		},
	}
}

// amqp makes a queue.
func amqp(t *testing.T) broker {
	address := storagetest.Server(t, "TRACARDI_TEST_AMQP_URL")
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := amqpclient.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	queue := "orders-" + uuid.NewString()
	if _, err := channel.QueueDeclare(queue, true, false, false, false, amqpclient.Table{"x-expires": int32(600_000)}); err != nil {
		t.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		t.Fatal(err)
	}
	password, _ := at.User.Password()
	return broker{
		replace: map[string]string{
			`"rabbitmq.example.com"`: `"` + at.Hostname() + `", "port": ` + at.Port(), `"user": "tracardi"`: `"user": "` + at.User.Username() + `"`,
			`"password": "secret"`: `"password": "` + password + `"`, `"queue": "orders"`: `"queue": "` + queue + `"`,
		},
		send: func(bodies []string) {
			for _, body := range bodies {
				sent, err := channel.PublishWithDeferredConfirmWithContext(t.Context(), "", queue, true, false, amqpclient.Publishing{
					MessageId: uuid.NewString(), DeliveryMode: amqpclient.Persistent, Body: []byte(body),
				})
				if err != nil || !sent.Wait() {
					t.Errorf("the broker did not take a message: %v", err)
				}
			}
		},
	}
}
