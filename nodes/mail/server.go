package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "smtp", Name: "Mail server", Icon: "mail-cog", Doc: "A server that takes mail over SMTP and carries it to others.",
		New: func() any { return newServer() },
	})
}

// Server is a resource: a mail server that takes mail for others.
type Server struct {
	Host     string `json:"host" title:"Host" help:"Name of the mail server, such as smtp.example.com." required:"true"`
	Port     int    `json:"port" title:"Port" help:"587 for STARTTLS, 465 for TLS from the start, 25 between servers." min:"1" max:"65535"`
	Username string `json:"username" title:"User name" help:"Leave it empty when the server asks for no login."`
	Password string `json:"password" title:"Password" help:"Or the token that the mail provider gives for this." secret:"true"`
	TLS      string `json:"tls" title:"Encryption" help:"auto is tls at port 465, and else starttls where the server offers it." enum:"auto,starttls,tls,none"`
	From     string `json:"from" title:"Sender" help:"Used where a node names no sender, such as Shop <shop@example.com>."`
}

// patience bounds one sending, from the connection to the last answer.
const patience = 30 * time.Second

// newServer is a server with the defaults.
func newServer() *Server { return &Server{Port: 587, TLS: "auto"} }

// dialer makes connections, as node.Env does.
type dialer interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// send hands a mail over. A password never travels unencrypted.
func (s *Server) send(ctx context.Context, d dialer, message *mail.Msg) error {
	return s.talk(ctx, d, func(client *mail.Client, session *smtp.Client) error {
		return client.SendWithSMTPClient(session, message)
	})
}

// TestConnection implements node.ConnectionTester: the server must answer and accept the account.
func (s *Server) TestConnection(ctx context.Context, network node.Network) error {
	err := s.talk(ctx, network, func(*mail.Client, *smtp.Client) error { return nil })
	if err != nil {
		return tracardi.Errorf(tracardi.Unavailable, "the mail server does not let us in: %w", err)
	}
	return nil
}

// talk connects, logs in, and says what is to be said.
func (s *Server) talk(ctx context.Context, d dialer, say func(*mail.Client, *smtp.Client) error) error {
	if s.Host == "" {
		return tracardi.InvalidField("host", "the resource names no mail server")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := s.connect(ctx, d)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }() // also after a failed login, which the library leaves open
	client, err := mail.NewClient(s.Host, s.options(conn)...)
	if err != nil {
		return err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	if err := say(client, session); err != nil {
		return err
	}
	_ = client.CloseWithSMTPClient(session) // all is said; a bad farewell must not send a mail again
	return nil
}

func (s *Server) options(conn net.Conn) []mail.Option {
	policy := mail.TLSOpportunistic // over TLS it finds that all is encrypted already
	switch {
	case s.TLS == "starttls":
		policy = mail.TLSMandatory
	case s.TLS == "none":
		policy = mail.NoTLS
	}
	options := []mail.Option{
		mail.WithPort(s.port()), mail.WithTimeout(patience), mail.WithTLSPolicy(policy),
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if s.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	return options
}

func (s *Server) port() int { return cmp.Or(s.Port, 587) }

// connect makes a connection, with TLS from the start where it is so.
func (s *Server) connect(ctx context.Context, d dialer) (net.Conn, error) {
	plain, err := d.Dial(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.port())))
	if err != nil {
		return nil, err
	}
	if s.TLS != "tls" && (s.port() != 465 || s.TLS == "starttls" || s.TLS == "none") {
		return plain, nil
	}
	conn := tls.Client(plain, &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return conn, nil
}
