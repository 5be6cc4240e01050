// Package amqp reads queues of RabbitMQ and other brokers that speak AMQP 0-9-1.
package amqp

import (
	"context"
	"errors"
	"fmt"

	client "github.com/rabbitmq/amqp091-go"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	bridge.Register(bridge.Kind{
		ID: "amqp", Name: "RabbitMQ", Icon: "stack-2", Doc: "Reads a queue of RabbitMQ, or of another broker that speaks AMQP 0-9-1.",
		New: func() bridge.Reader { return &AMQP{Prefetch: 100} },
	})
}

// AMQP reads a queue. Copies of the program compete for its messages, each of which goes to one of them. They are acknowledged when they
// are on the disk here; those of a copy that dies go to another. The queue is never made by the bridge, nor changed.
type AMQP struct {
	Server   node.Reference `json:"server" title:"Broker" help:"The resource with the address and the account." kind:"resource:amqp" required:"true"`
	Queue    string         `json:"queue" title:"Queue" help:"Its name." required:"true"`
	Prefetch int            `json:"prefetch" title:"Prefetch" help:"Messages that the broker hands out before the first of them is acknowledged; so many are accepted together." min:"1" max:"1000"`
}

// Run implements bridge.Reader.
func (a *AMQP) Run(ctx context.Context, host *bridge.Host) error {
	server := newServer()
	if err := host.Resource(ctx, a.Server.ID, server); err != nil {
		return err
	}
	connection, err := server.open(ctx, host.Network)
	if err != nil {
		return server.explain(err)
	}
	defer func() { _ = connection.Close() }() // what is not acknowledged is delivered again
	return a.consume(ctx, connection, server, host)
}

func (a *AMQP) consume(ctx context.Context, connection *client.Connection, server *Server, host *bridge.Host) error {
	channel, err := connection.Channel()
	if err != nil {
		return server.explain(err)
	}
	ended := channel.NotifyClose(make(chan *client.Error, 1))
	if err := channel.Qos(a.Prefetch, 0, false); err != nil {
		return server.explain(err)
	}
	deliveries, err := channel.Consume(a.Queue, "", false, false, false, false, nil)
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Code == client.NotFound {
		return tracardi.InvalidField("queue", "there is no queue %q: make it, or correct its name", a.Queue)
	}
	if err != nil {
		return server.explain(err)
	}
	host.Connected()
	for {
		select {
		case <-ctx.Done():
			return nil
		case first, open := <-deliveries:
			if !open {
				return server.explain(reason(ended))
			}
			if err := a.take(ctx, first, deliveries, host); err != nil {
				return err
			}
		}
	}
}

// reason tells why a channel was closed.
func reason(ended <-chan *client.Error) error {
	if err := <-ended; err != nil {
		return err
	}
	return errors.New("the broker delivers no more: was the queue deleted?")
}

// take accepts a message and those that are there already behind it.
func (a *AMQP) take(ctx context.Context, last client.Delivery, deliveries <-chan client.Delivery, host *bridge.Host) error {
	messages := []bridge.Message{a.message(&last)}
	for more := true; more && len(messages) < a.Prefetch; {
		select {
		case next, open := <-deliveries:
			if more = open; open {
				messages, last = append(messages, a.message(&next)), next
			}
		default:
			more = false
		}
	}
	if err := host.Take(ctx, messages...); err != nil {
		return err
	}
	if err := last.Ack(true); err != nil { // and all before it
		return fmt.Errorf("acknowledge messages of the queue %q: %w", a.Queue, err)
	}
	return nil
}

func (a *AMQP) message(d *client.Delivery) bridge.Message {
	m := bridge.Message{Topic: a.Queue, Time: d.Timestamp, Body: d.Body}
	switch offset, isStream := d.Headers["x-stream-offset"]; {
	case isStream:
		m.ID = fmt.Sprintf("%s/%v", a.Queue, offset)
	case d.MessageId != "":
		m.ID = a.Queue + "/" + d.MessageId
	}
	if len(d.Headers) > 0 {
		m.Headers = make(map[string]string, len(d.Headers))
		for name, value := range d.Headers {
			m.Headers[name] = fmt.Sprint(value)
		}
	}
	return m
}
