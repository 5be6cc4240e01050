// Package redis keeps what processes share and may lose: the cache, counters, and locks with fencing. Redis, Valkey and what
// speaks like them will do, alone, as a cluster or behind sentinels.
package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/trust"
)

const (
	dialing = 3 * time.Second
	silence = 3 * time.Second // after so long without an answer to a ping, a connection is given up
	answer  = 2 * time.Second // for one command: what takes longer is slower than the work that the cache saves
)

// client is a connection to the server that the cache and the locks have in common.
type client struct {
	rueidis.Client
	prefix string // begins every key
	closed atomic.Bool
}

// options are what a URL says.
type options struct {
	rueidis.ClientOption
	prefix string
}

// parse reads redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS. Of the parameters, prefix begins the name of every
// key, ca names a file with the certificates that the server's one must be signed by, and master is the name by which the
// sentinel at HOST knows the server. An error is Invalid and does not hold the password.
func parse(address string) (options, error) {
	o := options{prefix: "tracardi"}
	u, err := url.Parse(address)
	if err != nil {
		return o, invalid("cannot be read as a URL; characters such as @ / : %% in the password must be written as %%40 %%2F %%3A %%25")
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" {
		return o, invalid("begins with %q, not with redis: or rediss:", u.Scheme)
	}
	if u.Hostname() == "" {
		return o, invalid("names no server: write %s://HOST:6379", u.Scheme)
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	o.InitAddress = []string{net.JoinHostPort(u.Hostname(), port)}
	o.Username = u.User.Username()
	o.Password, _ = u.User.Password()
	if database := strings.Trim(u.Path, "/"); database != "" {
		if o.SelectDB, err = strconv.Atoi(database); err != nil || o.SelectDB < 0 {
			return o, invalid("has the database %q; it must be a number", database)
		}
	}
	o.Dialer.Timeout, o.ConnWriteTimeout = dialing, silence
	o.ReadBufferEachConn, o.WriteBufferEachConn = 64<<10, 64<<10
	o.DisableCache, o.DisableRetry, o.ClientName = true, true, "tracardi"
	return o, o.parameters(u)
}

func (o *options) parameters(u *url.URL) error {
	if u.Scheme == "rediss" {
		o.TLSConfig = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) { // in one order, so that one mistake of two is named each time
		value := query.Get(name)
		switch name {
		case "prefix":
			if value == "" || strings.ContainsAny(value, "{}:") {
				return invalid("has the prefix %q; it must not be empty nor hold any of { } :", value)
			}
			o.prefix = value
		case "master":
			o.Sentinel = rueidis.SentinelOption{MasterSet: value, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig}
		case "ca":
			if o.TLSConfig == nil {
				return invalid("has ca, which works with rediss: alone")
			}
			var err error
			if o.TLSConfig.RootCAs, err = trust.Authorities(value); err != nil {
				return invalid("%v", err)
			}
		default:
			return invalid("has the parameter %q, which is not known; the known ones are prefix, ca and master", name)
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return tracardi.InvalidField("cache-url", format, args...)
}

// open connects. A server that cannot be reached is Unavailable.
func open(ctx context.Context, address string) (*client, error) {
	o, err := parse(address)
	if err != nil {
		return nil, err
	}
	where := "redis server " + o.InitAddress[0]
	connection, err := rueidis.NewClient(o.ClientOption)
	if err != nil {
		if _, refused := rueidis.IsRedisErr(err); refused {
			return nil, tracardi.Errorf(tracardi.Invalid, "%s refuses the user, the password or the database: %w", where, err)
		}
		if advice := trust.Explain(err); advice != "" {
			return nil, tracardi.Errorf(tracardi.Invalid, "%s cannot be used: %s: %w", where, advice, err)
		}
		if o.TLSConfig == nil && trust.Expected(ctx, o.InitAddress[0]) {
			return nil, tracardi.Errorf(tracardi.Invalid, "%s speaks TLS: begin the URL with rediss://: %w", where, err)
		}
		return nil, tracardi.Errorf(tracardi.Unavailable, "%s cannot be reached: %w", where, err)
	}
	c := &client{Client: connection, prefix: o.prefix}
	if err := c.ping(ctx); err != nil {
		connection.Close()
		return nil, tracardi.Errorf(tracardi.KindOf(err), "%s: %w", where, err)
	}
	return c, nil
}

func (c *client) ping(ctx context.Context) error {
	_, err := c.call(ctx, "ask redis", func(ctx context.Context) rueidis.RedisResult { return c.Do(ctx, c.B().Ping().Build()) })
	return err
}

// Close ends the connections. A second call does nothing.
func (c *client) Close() {
	if !c.closed.Swap(true) {
		c.Client.Close()
	}
}

// call runs a command and gives its errors a kind. The error is rueidis.Nil as it is when there is no value.
func (c *client) call(ctx context.Context, doing string, command func(ctx context.Context) rueidis.RedisResult) (rueidis.RedisMessage, error) {
	if err := c.check(ctx, doing); err != nil {
		return rueidis.RedisMessage{}, err
	}
	limited, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	message, err := command(limited).ToMessage()
	if err == nil || rueidis.IsRedisNil(err) {
		return message, err
	}
	return message, c.failure(ctx, doing, err)
}

func (c *client) check(ctx context.Context, doing string) error {
	if ctx.Err() != nil {
		return ended(ctx, doing)
	}
	if c.closed.Load() {
		return tracardi.Errorf(tracardi.Unavailable, "%s: the connection to redis is closed", doing)
	}
	return nil
}

// failure makes an error of the platform out of one of the server or of the way to it.
func (c *client) failure(ctx context.Context, doing string, err error) error {
	if checked := c.check(ctx, doing); checked != nil {
		return checked
	}
	kind, why := tracardi.Unavailable, "redis gives no answer, try again"
	if refusal, ok := errors.AsType[*rueidis.RedisError](err); ok && !passing(refusal) {
		kind, why = tracardi.Internal, "redis refuses it"
	}
	return &tracardi.Error{Kind: kind, Message: doing + ": " + why, Err: err}
}

// passing tells whether a refusal is the state of a server that starts, changes its role or is full.
func passing(refusal *rueidis.RedisError) bool {
	code, _, _ := strings.Cut(refusal.Error(), " ")
	switch code {
	case "LOADING", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "TRYAGAIN", "BUSY", "OOM", "MISCONF", "NOREPLICAS":
		return true
	}
	return false
}

// ended is the error for work whose context is over.
func ended(ctx context.Context, doing string) error {
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: doing + ": it was given up before it was done", Err: context.Cause(ctx)}
}
