package bridge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Encryption makes the TLS settings of a resource with the fields tls and ca: nil when it is off. authorities are certificates in PEM
// form that are trusted instead of the system's; empty for those.
func Encryption(on bool, authorities string) (*tls.Config, error) {
	if !on {
		if authorities != "" {
			return nil, tracardi.InvalidField("ca", "is of no use without encryption: turn tls on, or leave it empty")
		}
		return nil, nil //nolint:nilnil // nil is a good value: no TLS
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(authorities)) {
			return nil, tracardi.InvalidField("ca", "holds no certificates in PEM form: they begin with -----BEGIN CERTIFICATE-----")
		}
	}
	return config, nil
}

// Dial connects to a broker, a HOST:PORT, through the guarded network; with TLS when there are settings for it.
func Dial(ctx context.Context, network node.Network, address string, encryption *tls.Config) (net.Conn, error) {
	connection, err := network.Dial(ctx, "tcp", address)
	if err != nil || encryption == nil {
		return connection, err
	}
	config := encryption.Clone()
	if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
		_ = connection.Close()
		return nil, err
	}
	secured := tls.Client(connection, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = connection.Close()
		return nil, err
	}
	return secured, nil
}
