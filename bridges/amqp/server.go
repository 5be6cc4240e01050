package amqp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	client "github.com/rabbitmq/amqp091-go"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "amqp", Name: "RabbitMQ", Icon: "stack-2", Doc: "A broker that speaks AMQP 0-9-1, such as RabbitMQ.",
		New: func() any { return newServer() },
	})
}

// Server is a resource: a broker that speaks AMQP 0-9-1.
type Server struct {
	Host     string `json:"host" title:"Host" help:"Name of the server." address:"true" required:"true"`
	Port     int    `json:"port" title:"Port" help:"5672, or 5671 with encryption, unless somebody changed it." address:"true" min:"1" max:"65535"`
	Vhost    string `json:"vhost" title:"Virtual host" help:"/ unless there are several."`
	User     string `json:"user" title:"User name" help:"Of an account that may read the queue." required:"true"`
	Password string `json:"password" title:"Password" help:"Of the user." secret:"true"`
	TLS      bool   `json:"tls" title:"Encryption" help:"Connect with TLS, and check the server's certificate."`
	CA       string `json:"ca" title:"Authorities" help:"Certificates in PEM form of the authorities that signed the server's, where the system does not know them." widget:"textarea"`
}

func newServer() *Server { return &Server{Port: 5672, Vhost: "/"} }

// Check implements node.Checker.
func (s *Server) Check() error {
	_, err := bridge.Encryption(s.TLS, s.CA)
	return err
}

func (s *Server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

const (
	patience  = 10 * time.Second // for the greeting
	heartbeat = 10 * time.Second // a broker that is silent for two of them is gone
	frameSize = 128 << 10
)

// open connects as flows may. The caller closes the connection.
func (s *Server) open(ctx context.Context, network node.Network) (*client.Connection, error) {
	encryption, err := bridge.Encryption(s.TLS, s.CA)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wire, err := bridge.Dial(ctx, network, s.address(), encryption)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = wire.SetDeadline(time.Now()) })() // of the greeting alone
	connection, err := client.Open(wire, client.Config{
		SASL: []client.Authentication{&client.PlainAuth{Username: s.User, Password: s.Password}}, Vhost: s.Vhost,
		Heartbeat: heartbeat, FrameSize: frameSize, Properties: client.Table{"connection_name": "tracardi"}, Locale: "en_US",
	})
	if err != nil {
		_ = wire.Close()
		return nil, err
	}
	return connection, nil
}

// TestConnection implements node.ConnectionTester.
func (s *Server) TestConnection(ctx context.Context, network node.Network) error {
	connection, err := s.open(ctx, network)
	if err != nil {
		return s.explain(err)
	}
	return connection.Close()
}

// explain says what to mend. Errors of ours say it already.
func (s *Server) explain(err error) error {
	if _, ours := errors.AsType[*tracardi.Error](err); ours {
		return err
	}
	refused, _ := errors.AsType[*client.Error](err)
	switch {
	case errors.Is(err, client.ErrCredentials), errors.Is(err, client.ErrSASL):
		return fmt.Errorf("the broker at %s refuses the account %q: correct user or password in the resource: %w", s.address(), s.User, err)
	case errors.Is(err, client.ErrVhost), refused != nil && refused.Code == client.NotAllowed:
		return fmt.Errorf("the broker at %s does not let the account %q into the virtual host %q: correct its name, or give the right: %w", s.address(), s.User, s.Vhost, err)
	case refused != nil && refused.Code == client.AccessRefused:
		return fmt.Errorf("the broker at %s does not let the account %q read: give it the right: %w", s.address(), s.User, err)
	}
	return fmt.Errorf("the broker at %s: %w", s.address(), err)
}
