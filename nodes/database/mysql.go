package database

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "mysql", Name: "MySQL", Icon: "database", Doc: "A database of MySQL or MariaDB.",
		New: func() any { return newMySQLServer() },
	})
}

func init() {
	group.Register(node.Type{
		ID: "mysql", Name: "Query MySQL", Icon: "database",
		New:     func() node.Node { return &MySQL{Type: "select", Timeout: 10} },
		Out:     []node.Port{{Name: "result", Doc: "The rows, or how many were changed."}},
		Acts:    true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mysql.query.plugin.MysqlConnectorAction"},
		Examples: []node.Example{
			{
				Name: "a value", Config: `{"source": "mysql", "query": "SELECT 1 + ? AS sum, ? AS name", "data": ["payload@n", "profile@id"]}`,
				Payload: `{"n": 2}`, Port: "result", Result: `{"result": [{"sum": 3, "name": "profile-1"}]}`,
			},
			{
				Name: "a mistake", Config: `{"source": "mysql", "query": "SELEKT 1"}`, Port: "error",
				Result: `{"message": "MySQL refused the statement: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'SELEKT 1' at line 1"}`,
			},
			{Name: "no such field", Config: `{"source": "mysql", "query": "SELECT ?", "data": ["payload@n"]}`, Error: "payload@n is missing"},
		},
	})
}

// MySQLServer is a resource: a database of MySQL or MariaDB.
type MySQLServer struct {
	Host     string `json:"host" title:"Host" help:"Name of the server." required:"true"`
	Port     int    `json:"port" title:"Port" help:"3306 unless somebody changed it." min:"1" max:"65535"`
	User     string `json:"user" title:"User name" help:"Best one with few rights." required:"true"`
	Password string `json:"password" title:"Password" help:"Of the user." secret:"true"`
	Database string `json:"database" title:"Database" help:"Its name." required:"true"`
	TLS      string `json:"tls" title:"Encryption" help:"preferred encrypts when the server can; true demands it and checks the certificate." enum:"preferred,true,false"`
}

func newMySQLServer() *MySQLServer { return &MySQLServer{Port: 3306, TLS: "preferred"} }

// open makes a handle that dials as flows may. The caller closes it.
func (s *MySQLServer) open(network node.Network) (*sql.DB, error) {
	settings := mysql.NewConfig()
	settings.Net, settings.Addr = "tcp", net.JoinHostPort(s.Host, strconv.Itoa(cmp.Or(s.Port, 3306)))
	settings.User, settings.Passwd, settings.DBName, settings.TLSConfig = s.User, s.Password, s.Database, s.TLS
	settings.DialFunc, settings.ParseTime, settings.Loc = network.Dial, true, time.UTC
	settings.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(settings)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return db, nil
}

// TestConnection implements node.ConnectionTester.
func (s *MySQLServer) TestConnection(ctx context.Context, network node.Network) error {
	return ping(ctx, network, s)
}

// MySQL runs a statement in a database of MySQL or MariaDB. A select goes on at the port result with {"result": [{"column": …}, …]}, up to
// a thousand rows; anything else with {"result": null, "affected": 1, "id": 7}, the number of rows that it changed and the id that the
// last one got. What the database refuses goes on at the port error.
//
// Values belong into the parameters, never into the statement: each ? (or %s) stands for the next one.
type MySQL struct {
	Source  node.Reference `json:"source" title:"Database" help:"The resource with the account." kind:"resource:mysql" required:"true"`
	Type    string         `json:"type" title:"Kind" help:"What the statement does." enum:"select,insert,delete,create,update"`
	Query   string         `json:"query" title:"Statement" help:"SQL, such as SELECT name FROM people WHERE id = ?" widget:"code" required:"true"`
	Data    []node.Value   `json:"data" title:"Parameters" help:"Values, or places such as profile@id, in the order of the marks."`
	Timeout int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the database." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *MySQL) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	asked := statement{"MySQL", marked(n.Query), n.Data, n.Type == "select", func(err error) (string, bool) {
		refused, ok := errors.AsType[*mysql.MySQLError](err)
		if !ok {
			return "", false
		}
		return refused.Message, true
	}}
	return asked.run(ctx, in, n.Source, newMySQLServer(), n.Timeout)
}

// Repeatable implements node.Repeater.
func (n *MySQL) Repeatable() bool { return n.Type == "select" }
