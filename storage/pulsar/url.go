package pulsar

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/trust"
)

// target is what a URL says.
type target struct {
	service   string // of the brokers
	admin     string // of their REST interface, without a slash at the end
	namespace string // such as public/default
	prefix    string // begins the name of every topic
	tls       *tls.Config
	token     func() (string, error) // nil without authentication
}

// parse reads pulsar://HOST:PORT/TENANT/NAMESPACE, or pulsar+ssl:// for TLS; the namespace is public/default when it is left out.
// Several hosts are separated by commas. Of the parameters, admin is the URL of the REST interface (the first host's port 8080,
// or 8443 with TLS), prefix begins the name of every topic, token-file names a file with a token, and ca one with the certificates
// that the servers' ones must be signed by. An error is Invalid.
func parse(address string) (*target, error) {
	scheme, rest, found := strings.Cut(address, "://")
	if !found || scheme != "pulsar" && scheme != "pulsar+ssl" {
		return nil, invalid("does not begin with pulsar:// or pulsar+ssl://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	hosts, path, _ := strings.Cut(rest, "/")
	t := &target{namespace: strings.Trim(path, "/"), prefix: "tracardi"}
	if t.namespace == "" {
		t.namespace = "public/default"
	}
	if strings.Count(t.namespace, "/") != 1 {
		return nil, invalid("has the path %q; it must be TENANT/NAMESPACE, such as public/default", t.namespace)
	}
	var names []string
	for host := range strings.SplitSeq(hosts, ",") {
		if host == "" || strings.Contains(host, "@") {
			return nil, invalid("names no server: write %s://HOST:6650/TENANT/NAMESPACE; a token goes into a file, see token-file", scheme)
		}
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(host, map[string]string{"pulsar": "6650", "pulsar+ssl": "6651"}[scheme])
		}
		names = append(names, host)
	}
	t.service = scheme + "://" + strings.Join(names, ",")
	first, _, _ := net.SplitHostPort(names[0]) // it has a port by now
	t.admin = "http://" + net.JoinHostPort(first, "8080")
	if scheme == "pulsar+ssl" {
		t.admin, t.tls = "https://"+net.JoinHostPort(first, "8443"), &tls.Config{MinVersion: tls.VersionTLS12}
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return nil, invalid("has parameters that cannot be read: %v", err)
	}
	return t, t.parameters(parameters)
}

func (t *target) parameters(parameters url.Values) error {
	for name, values := range parameters {
		value := values[0]
		switch name {
		case "admin":
			u, err := url.Parse(value)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
				return invalid("has admin=%s; it must be the URL of Pulsar's REST interface, such as http://HOST:8080", value)
			}
			t.admin = strings.TrimRight(value, "/")
		case "prefix":
			if value == "" || escape(value) != value {
				return invalid("has the prefix %q; it must be of letters, digits, . and _", value)
			}
			t.prefix = value
		case "token-file":
			t.token = func() (string, error) { // anew each time: tokens are replaced before they end
				text, err := os.ReadFile(value)
				return strings.TrimSpace(string(text)), err
			}
			if _, err := t.token(); err != nil {
				return invalid("names a token file that cannot be read: %v", err)
			}
		case "ca":
			authorities, err := trust.Authorities(value)
			if err != nil {
				return invalid("%v", err)
			}
			t.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities}
		default:
			return invalid("has the parameter %q, which is not known; the known ones are admin, prefix, token-file and ca", name)
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return tracardi.InvalidField("queue-url", format, args...)
}

// client connects to the brokers when it is first used.
func (t *target) client(o pulsar.ClientOptions) (pulsar.Client, error) {
	o.URL, o.TLSConfig = t.service, t.tls
	if t.token != nil {
		o.Authentication = pulsar.NewAuthenticationTokenFromSupplier(t.token)
	}
	return pulsar.NewClient(o)
}

// greet finds out whether the brokers that take connections speak TLS as the URL says: the client would try for ever, and
// the REST interface has TLS of its own.
func (t *target) greet(ctx context.Context) error {
	scheme, hosts, _ := strings.Cut(t.service, "://")
	for host := range strings.SplitSeq(hosts, ",") {
		if scheme == "pulsar" {
			if trust.Expected(ctx, host) {
				return tracardi.Errorf(tracardi.Invalid, "queue on %s: the broker at %s speaks TLS: begin the URL with pulsar+ssl://", t.service, host)
			}
			continue
		}
		dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: connecting}, Config: t.tls}
		connection, err := dialer.DialContext(ctx, "tcp", host)
		if advice := trust.Explain(err); advice != "" {
			return tracardi.Errorf(tracardi.Invalid, "queue on %s: the broker at %s cannot be used: %s: %w", t.service, host, advice, err)
		}
		if err == nil {
			return connection.Close()
		}
	}
	return nil
}

// escape writes a name with letters, digits, dots and underscores alone. Everything else would mean something in the name of a
// topic: a colon parts ours, and -partition- parts Pulsar's.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' {
			b.WriteByte(c)
			continue
		}
		const digits = "0123456789ABCDEF"
		b.WriteByte('=')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}
