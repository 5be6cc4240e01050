package database

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "postgresql", Name: "PostgreSQL", Icon: "database", Doc: "A database of PostgreSQL.",
		New: func() any { return newPostgresServer() },
	})
}

func init() {
	group.Register(node.Type{
		ID: "postgresql", Name: "Query PostgreSQL", Icon: "database",
		New:     func() node.Node { return &Postgres{Timeout: 20} },
		Out:     []node.Port{{Name: "result", Doc: "The rows."}},
		Acts:    true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.postgresql.query.plugin.PostgreSQLConnectorAction"},
		Examples: []node.Example{
			{
				Name: "a value", Config: `{"source": "postgres", "query": "SELECT 1 + $1::int AS sum, $2::text AS name", "data": ["payload@n", "profile@id"]}`,
				Payload: `{"n": 2}`, Port: "result", Result: `{"result": [{"sum": 3, "name": "profile-1"}]}`,
			},
			{
				Name: "a mistake", Config: `{"source": "postgres", "query": "SELEKT 1"}`, Port: "error",
				Result: `{"message": "PostgreSQL refused the statement: syntax error at or near \"SELEKT\""}`,
			},
			{Name: "no such field", Config: `{"source": "postgres", "query": "SELECT $1::int", "data": ["payload@n"]}`, Error: "payload@n is missing"},
		},
	})
}

// PostgresServer is a resource: a database of PostgreSQL.
type PostgresServer struct {
	Host     string `json:"host" title:"Host" help:"Name of the server." required:"true"`
	Port     int    `json:"port" title:"Port" help:"5432 unless somebody changed it." min:"1" max:"65535"`
	User     string `json:"user" title:"User name" help:"Best one with few rights." required:"true"`
	Password string `json:"password" title:"Password" help:"Of the user." secret:"true"`
	Database string `json:"database" title:"Database" help:"Its name." required:"true"`
	TLS      string `json:"tls" title:"Encryption" help:"prefer encrypts when the server can; verify-full demands it and checks the certificate." enum:"prefer,require,verify-full,disable"`
}

func newPostgresServer() *PostgresServer { return &PostgresServer{Port: 5432, TLS: "prefer"} }

// open makes a handle that dials as flows may. The caller closes it.
func (s *PostgresServer) open(network node.Network) (*sql.DB, error) {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(s.User, s.Password), Host: net.JoinHostPort(s.Host, strconv.Itoa(cmp.Or(s.Port, 5432))),
		Path: "/" + s.Database, RawQuery: url.Values{"sslmode": {s.TLS}, "application_name": {"tracardi"}}.Encode(),
	}
	settings, err := pgx.ParseConfig(address.String())
	if err != nil {
		return nil, tracardi.Errorf(tracardi.Invalid, "the settings of the database make no address")
	}
	settings.DialFunc = network.Dial
	settings.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // dialing looks it up, and checks
	db := stdlib.OpenDB(*settings)
	db.SetMaxOpenConns(1)
	return db, nil
}

// TestConnection implements node.ConnectionTester.
func (s *PostgresServer) TestConnection(ctx context.Context, network node.Network) error {
	return ping(ctx, network, s)
}

// Postgres runs a statement in a database of PostgreSQL. Its rows, up to a thousand, go on at the port result as {"result": [{"column": …}, …]};
// a statement that gives none, such as an UPDATE without RETURNING, has an empty list. What the database refuses goes on at the port
// error.
//
// Values belong into the parameters, never into the statement: $1 stands for the first one. Where PostgreSQL can't tell what one is, write
// its type, as in $1::text.
type Postgres struct {
	Source  node.Reference `json:"source" title:"Database" help:"The resource with the account." kind:"resource:postgresql" required:"true"`
	Query   string         `json:"query" title:"Statement" help:"SQL, such as SELECT name FROM people WHERE id = $1" widget:"code" required:"true"`
	Data    []node.Value   `json:"data" title:"Parameters" help:"Values, or places such as profile@id: $1, $2 and so on."`
	Timeout int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the database." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *Postgres) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	asked := statement{"PostgreSQL", n.Query, n.Data, true, func(err error) (string, bool) {
		refused, ok := errors.AsType[*pgconn.PgError](err)
		if !ok {
			return "", false
		}
		return refused.Message, true
	}}
	return asked.run(ctx, in, n.Source, newPostgresServer(), n.Timeout)
}

// Repeatable implements node.Repeater. Other statements may change something.
func (n *Postgres) Repeatable() bool {
	words := strings.Fields(n.Query)
	return len(words) > 0 && strings.EqualFold(words[0], "SELECT")
}
