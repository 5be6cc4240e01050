package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "kafka", Name: "Apache Kafka", Icon: "arrows-split-2", Doc: "A cluster of Apache Kafka, or of what speaks its protocol.",
		New: func() any { return newServer() },
	})
}

// Server is a resource: a cluster of Kafka.
type Server struct {
	Brokers  []string `json:"brokers" title:"Brokers" help:"Some of them, such as kafka-1.example.com:9092; they name the others." address:"true" required:"true"`
	Login    string   `json:"login" title:"Login" help:"How the account is shown: plain, or one of the scram methods. none: without an account." enum:"none,plain,scram-sha-256,scram-sha-512"`
	User     string   `json:"user" title:"User name" help:"Of an account that may read the topics and use the consumer group."`
	Password string   `json:"password" title:"Password" help:"Of the user." secret:"true"`
	TLS      bool     `json:"tls" title:"Encryption" help:"Connect with TLS, and check the brokers' certificates."`
	CA       string   `json:"ca" title:"Authorities" help:"Certificates in PEM form of the authorities that signed those of the brokers, where the system does not know them." widget:"textarea"`
}

func newServer() *Server { return &Server{Login: "none"} }

// Check implements node.Checker.
func (s *Server) Check() error {
	for i, broker := range s.Brokers {
		if _, _, err := net.SplitHostPort(broker); err != nil {
			return tracardi.InvalidField(fmt.Sprintf("brokers[%d]", i), "write it as HOST:PORT, such as kafka-1.example.com:9092")
		}
	}
	if _, err := s.login(); err != nil {
		return err
	}
	_, err := bridge.Encryption(s.TLS, s.CA)
	return err
}

// login is how the account is shown; nil for none.
func (s *Server) login() ([]sasl.Mechanism, error) {
	if s.Login == "none" {
		return nil, nil
	}
	if s.User == "" {
		return nil, tracardi.InvalidField("user", "is missing: the login %s needs one", s.Login)
	}
	switch s.Login {
	case "scram-sha-256":
		return []sasl.Mechanism{scram.Auth{User: s.User, Pass: s.Password}.AsSha256Mechanism()}, nil
	case "scram-sha-512":
		return []sasl.Mechanism{scram.Auth{User: s.User, Pass: s.Password}.AsSha512Mechanism()}, nil
	}
	return []sasl.Mechanism{plain.Auth{User: s.User, Pass: s.Password}.AsMechanism()}, nil
}

// TestConnection implements node.ConnectionTester.
func (s *Server) TestConnection(ctx context.Context, network node.Network) error {
	client, err := s.open(network)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.explain(client.Ping(ctx))
}

// explain says what to mend. Errors of ours say it already.
func (s *Server) explain(err error) error {
	_, ours := errors.AsType[*tracardi.Error](err)
	_, taking := errors.AsType[*refused](err)
	brokers := strings.Join(s.Brokers, ", ")
	switch {
	case err == nil || ours || taking:
		return err
	case errors.Is(err, kerr.SaslAuthenticationFailed), errors.Is(err, kerr.UnsupportedSaslMechanism), errors.Is(err, kerr.IllegalSaslState):
		return fmt.Errorf("kafka at %s refuses the account %q: correct user, password or login in the resource: %w", brokers, s.User, err)
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.GroupAuthorizationFailed):
		return fmt.Errorf("kafka at %s does not let the account %q read: give it the rights to the topics and the group: %w", brokers, s.User, err)
	}
	return fmt.Errorf("kafka at %s: %w", brokers, err)
}
