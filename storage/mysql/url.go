package mysql

import (
	"crypto/tls"
	"net"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/trust"
)

// Parse reads mysql://USER:PASSWORD@HOST:PORT/DATABASE. Of its parameters, tls is true, false or skip-verify, and ca names a file
// with the certificates that the server's one must be signed by, which implies tls. An error is Invalid and does not hold the
// password.
func Parse(address string) (*mysql.Config, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, invalid("cannot be read as a URL; characters such as @ / : %% in the password must be written as %%40 %%2F %%3A %%25")
	}
	database := strings.TrimPrefix(u.Path, "/")
	switch {
	case u.Scheme != "mysql" && u.Scheme != "mariadb":
		return nil, invalid("begins with %q, not with mysql:", u.Scheme)
	case u.Hostname() == "":
		return nil, invalid("names no server: write mysql://USER:PASSWORD@HOST:3306/DATABASE")
	case database == "" || strings.Contains(database, "/"):
		return nil, invalid("names no database: write mysql://USER:PASSWORD@HOST:3306/DATABASE")
	case u.User.Username() == "":
		return nil, invalid("names no user: write mysql://USER:PASSWORD@HOST:3306/DATABASE")
	}
	config := mysql.NewConfig()
	config.Net, config.Addr, config.DBName = "tcp", u.Host, database
	if u.Port() == "" {
		config.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Timeout, config.ReadTimeout, config.WriteTimeout = dialing, answer, answer
	config.Params = session
	config.MaxAllowedPacket = 0 // what the server takes
	config.Logger = &mysql.NopLogger{}
	config.TLS, err = security(u)
	return config, err
}

// security reads the parameters about TLS; nil means none.
func security(u *url.URL) (*tls.Config, error) {
	parameters := u.Query()
	for name := range parameters {
		if name != "tls" && name != "ca" {
			return nil, invalid("has the parameter %q, which is not known; the known ones are tls and ca", name)
		}
	}
	config := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	ca := parameters.Get("ca")
	switch parameters.Get("tls") {
	case "true":
	case "skip-verify":
		config.InsecureSkipVerify = true //nolint:gosec // asked for by this name
	case "", "false":
		if ca == "" {
			return nil, nil
		}
	default:
		return nil, invalid("has tls=%s; it must be true, false or skip-verify", parameters.Get("tls"))
	}
	if ca == "" {
		return config, nil
	}
	var err error
	if config.RootCAs, err = trust.Authorities(ca); err != nil {
		return nil, invalid("%v", err)
	}
	return config, nil
}

func invalid(format string, args ...any) error {
	return tracardi.InvalidField("config-url", format, args...)
}
