package database

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// parameters makes the values of a statement. Lists and objects are JSON.
func parameters(in *node.Input, of []node.Value) ([]any, error) {
	values := make([]any, len(of))
	for i := range of {
		value, err := of[i].Resolve(in)
		if err != nil {
			return nil, err
		}
		switch value.(type) {
		case map[string]any, []any:
			value = string(tracardi.AppendValue(nil, value))
		}
		values[i] = value
	}
	return values, nil
}

// marked writes the marks of parameters as ?, where flows of the original have %s. Those within quotes stay as they are.
func marked(statement string) string {
	var text strings.Builder
	quote := byte(0)
	for i := 0; i < len(statement); i++ {
		c := statement[i]
		switch {
		case quote != 0 && c == '\\' && i+1 < len(statement):
			text.WriteByte(c)
			i++
			c = statement[i]
		case quote == c:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"' || c == '`'):
			quote = c
		case quote == 0 && strings.HasPrefix(statement[i:], "%s"):
			c = '?'
			i++
		}
		text.WriteByte(c)
	}
	return text.String()
}

// statement is what one call of a node runs.
type statement struct {
	system  string // for messages
	text    string
	data    []node.Value
	rows    bool                                  // it gives rows
	refusal func(error) (message string, ok bool) // what the database says of a statement, or of an account, that it does not take
}

// server is a resource that holds a database.
type server interface {
	// open makes a handle that dials as flows may. The caller closes it.
	open(network node.Network) (*sql.DB, error)
}

// ping tries to connect.
func ping(ctx context.Context, network node.Network, to server) error {
	db, err := to.open(network)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.PingContext(ctx)
}

// run sends the statement to the database of a resource, which it reads into at, and waits some seconds for the answer.
func (s *statement) run(ctx context.Context, in *node.Input, from node.Reference, at server, seconds int) (node.Output, error) {
	if err := in.Resource(ctx, from.ID, at); err != nil {
		return node.Output{}, err
	}
	values, err := parameters(in, s.data)
	if err != nil {
		return node.Output{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	db, err := at.open(in)
	if err != nil {
		return node.Output{}, err
	}
	defer func() { _ = db.Close() }()
	return s.send(ctx, db, values)
}

// send goes on at the port result, or at the error port when the database refuses. When the statement was sent and the answer is lost,
// nobody knows whether it was run: that is an error of node.Unknown.
func (s *statement) send(ctx context.Context, db *sql.DB, values []any) (node.Output, error) {
	var payload map[string]any
	connection, err := db.Conn(ctx)
	connected := err == nil
	if connected {
		defer func() { _ = connection.Close() }()
		payload, err = s.execute(ctx, connection, values)
	}
	if err == nil {
		return node.To("result", payload), nil
	}
	if message, refused := s.refusal(err); refused {
		return node.Fail(s.system + " refused the statement: " + message), nil
	}
	if tracardi.KindOf(err) == tracardi.TooLarge {
		return node.Output{}, err
	}
	err = tracardi.Errorf(tracardi.Unavailable, "%s: %w", s.system, err)
	if connected {
		err = node.Unknown(err)
	}
	return node.Output{}, err
}

// execute makes the payload of what the statement gives.
func (s *statement) execute(ctx context.Context, connection *sql.Conn, values []any) (map[string]any, error) {
	if s.rows {
		rows, err := connection.QueryContext(ctx, s.text, values...)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		found, err := objects(rows)
		return map[string]any{"result": found}, err
	}
	done, err := connection.ExecContext(ctx, s.text, values...)
	if err != nil {
		return nil, err
	}
	payload := map[string]any{"result": nil}
	if affected, err := done.RowsAffected(); err == nil {
		payload["affected"] = affected
	}
	if id, err := done.LastInsertId(); err == nil && id != 0 {
		payload["id"] = id
	}
	return payload, nil
}

// objects reads rows as objects by the names of the columns.
func objects(rows *sql.Rows) ([]any, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	found := []any{}
	for rows.Next() {
		if len(found) == maxRows {
			return nil, tracardi.Errorf(tracardi.TooLarge, "the statement gives more than %d rows; limit it", maxRows)
		}
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		object := map[string]any{}
		for i, name := range columns {
			object[name] = plain(values[i])
		}
		found = append(found, object)
	}
	return found, rows.Err()
}

// plain is a column's value as JSON has it.
func plain(value any) any {
	switch value := value.(type) {
	case []byte:
		return strings.ToValidUTF8(string(value), "\uFFFD")
	case time.Time:
		return value.Format(time.RFC3339Nano)
	}
	return value
}
