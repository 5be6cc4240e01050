package database_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// TestMySQL writes and reads in a database of its own on a real server.
func TestMySQL(t *testing.T) {
	f := nodetest.NewFlow()
	server := server(t, "TRACARDI_TEST_MYSQL_URL", "information_schema")
	f.Resources["mysql"] = server
	name := "nodes_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	do := func(kind, statement, data string) map[string]any {
		t.Helper()
		out := run(t, f, "database.mysql", fmt.Sprintf(`{"source": {"id": "mysql", "name": ""}, "type": %q, "query": %q, "data": %s}`, kind, statement, data), `{"gone": null, "list": [1, "a"], "when": "2026-03-02 10:30:00"}`)
		if out.Results[0].Port != "result" {
			t.Fatalf("%s goes on with %v", statement, out)
		}
		return out.Results[0].Payload
	}
	do("create", "CREATE DATABASE "+name, "[]")
	defer do("delete", "DROP DATABASE "+name, "[]")
	server["database"] = name
	do("create", "CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50), age DOUBLE, seen DATETIME, list TEXT)", "[]")
	got := do("insert", "INSERT INTO people (name, age, seen, list) VALUES (%s, ?, ?, %s)", `["Ann'; DROP TABLE people; -- %s", "payload@gone", "payload@when", "payload@list"]`)
	if diff := cmp.Diff(map[string]any{"result": nil, "affected": int64(1), "id": int64(1)}, got); diff != "" {
		t.Error(diff)
	}
	got = do("select", "SELECT *, '%s ?' AS mark FROM people WHERE id = ?", "[1]")
	want := map[string]any{"result": []any{map[string]any{
		"id": int64(1), "name": "Ann'; DROP TABLE people; -- %s", "age": nil, "seen": "2026-03-02T10:30:00Z", "list": `[1,"a"]`, "mark": "%s ?",
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := do("update", "UPDATE people SET age = ?", "[3.5]"); got["affected"] != int64(1) {
		t.Errorf("update gives %v", got)
	}

	test, err := node.LookupResource("mysql").Configure(tracardi.AppendValue(nil, server))
	if err != nil {
		t.Fatal(err)
	}
	if err := test.(node.ConnectionTester).TestConnection(t.Context(), f); err != nil {
		t.Error(err)
	}
	f.Resources["locked"] = map[string]any{"host": server["host"], "port": server["port"], "user": server["user"], "password": "wrong", "database": name}
	out := run(t, f, "database.mysql", `{"source": "locked", "query": "SELECT 1"}`, "")
	if out.Results[0].Port != node.ErrorPort || !strings.Contains(fmt.Sprint(out.Results[0].Payload["message"]), "Access denied") {
		t.Errorf("a wrong password goes on with %v", out)
	}
}

// TestMySQLBounds asks for more rows than a flow takes.
func TestMySQLBounds(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["mysql"] = server(t, "TRACARDI_TEST_MYSQL_URL", "information_schema")
	n, err := node.Lookup("database.mysql").Configure([]byte(`{"source": "mysql", "query": "SELECT a.ordinal_position FROM columns a, columns b LIMIT 1001"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Run(t.Context(), f.Input(t, "payload", "")); err == nil || !strings.Contains(err.Error(), "more than 1000 rows") {
		t.Errorf("got %v", err)
	}
}

// TestLostAnswers does not wait for statements that were sent: nobody knows then whether they were run, unless they were refused
// or never sent.
func TestLostAnswers(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["mysql"] = server(t, "TRACARDI_TEST_MYSQL_URL", "information_schema")
	f.Resources["postgres"] = server(t, "TRACARDI_TEST_POSTGRES_URL", "postgres")
	f.Resources["nobody"] = map[string]any{"host": "127.0.0.1", "port": 1.0, "user": "ann", "password": "pw", "database": "shop"}
	for _, c := range []struct {
		node, config        string
		unknown, repeatable bool
	}{
		{"mysql", `{"source": "mysql", "type": "update", "query": "DO SLEEP(3)", "timeout": 1}`, true, false},
		{"mysql", `{"source": "mysql", "type": "select", "query": "SELECT SLEEP(3)", "timeout": 1}`, true, true},
		{"mysql", `{"source": "nobody", "type": "update", "query": "DO SLEEP(3)", "timeout": 1}`, false, false},
		{"postgresql", `{"source": "postgres", "query": "DO $$ BEGIN PERFORM pg_sleep(3); END $$", "timeout": 1}`, true, false},
		{"postgresql", `{"source": "postgres", "query": " select\npg_sleep(3)", "timeout": 1}`, true, true},
		{"postgresql", `{"source": "nobody", "query": "DO $$ BEGIN PERFORM pg_sleep(3); END $$", "timeout": 1}`, false, false},
	} {
		n, err := node.Lookup("database." + c.node).Configure([]byte(c.config))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Run(t.Context(), f.Input(t, "payload", "")); err == nil || node.IsUnknown(err) != c.unknown {
			t.Errorf("%s: got %v", c.config, err)
		}
		if got := n.(node.Repeater).Repeatable(); got != c.repeatable {
			t.Errorf("%s: repeatable %t", c.config, got)
		}
	}
}

// TestPostgres writes and reads in a schema of its own on a real server.
func TestPostgres(t *testing.T) {
	f := nodetest.NewFlow()
	settings := server(t, "TRACARDI_TEST_POSTGRES_URL", "postgres")
	f.Resources["postgres"] = settings
	schema := "nodes_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	do := func(statement, data string) any {
		t.Helper()
		out := run(t, f, "database.postgresql", fmt.Sprintf(`{"source": "postgres", "query": %q, "data": %s}`, statement, data), `{"gone": null, "list": [1, "a"]}`)
		if out.Results[0].Port != "result" {
			t.Fatalf("%s goes on with %v", statement, out)
		}
		return out.Results[0].Payload["result"]
	}
	do("CREATE SCHEMA "+schema, "[]")
	defer do("DROP SCHEMA "+schema+" CASCADE", "[]")
	do("CREATE TABLE "+schema+".people (id SERIAL, name TEXT, age FLOAT, seen TIMESTAMPTZ, list JSONB)", "[]")
	got := do("INSERT INTO "+schema+".people (name, age, seen, list) VALUES ($1, $2, '2026-03-02T10:30:00Z', $3) RETURNING id",
		`["Ann'; DROP TABLE people; -- $1", "payload@gone", "payload@list"]`)
	if diff := cmp.Diff([]any{map[string]any{"id": int64(1)}}, got); diff != "" {
		t.Error(diff)
	}
	got = do("SELECT name, age, seen = '2026-03-02T10:30:00Z' AS same, list->>1 AS second FROM "+schema+".people WHERE id = $1", "[1]")
	want := []any{map[string]any{"name": "Ann'; DROP TABLE people; -- $1", "age": nil, "same": true, "second": "a"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := do("UPDATE "+schema+".people SET age = 3", "[]"); len(got.([]any)) != 0 {
		t.Errorf("an update gives %v", got)
	}
	test, err := node.LookupResource("postgresql").Configure(tracardi.AppendValue(nil, settings))
	if err != nil {
		t.Fatal(err)
	}
	if err := test.(node.ConnectionTester).TestConnection(t.Context(), f); err != nil {
		t.Error(err)
	}
}

// TestElasticsearch searches in a real cluster.
func TestElasticsearch(t *testing.T) {
	address := storagetest.Server(t, "TRACARDI_TEST_ELASTICSEARCH_URL")
	index := "nodes-" + uuid.NewString()
	client := &http.Client{Timeout: 30 * time.Second}
	send := func(method, path, body string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, address+"/"+index+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if text, _ := io.ReadAll(answer.Body); answer.StatusCode >= 300 {
			t.Fatalf("%s %s: %s", method, path, text)
		}
	}
	send("PUT", "/_doc/1?refresh=true", `{"color": "red", "size": 40}`)
	send("PUT", "/_doc/2?refresh=true", `{"color": "blue", "size": 41}`)
	defer send("DELETE", "", "")

	f := nodetest.NewFlow()
	f.Resources["elastic"] = map[string]any{"url": address}
	_, config, ok, err := node.Import("tracardi.process_engine.action.v1.connectors.elasticsearch.query.plugin", "ElasticSearchFetcher", map[string]any{
		"source": map[string]any{"id": "elastic"}, "index": map[string]any{"id": index, "name": index}, "query": `{"query": {"match": {"color": "payload@color"}}}`,
	})
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	out := run(t, f, "database.elasticsearch", string(config), `{"color": "red"}`)
	size, _ := tracardi.Dig(out.Results[0].Payload, "hits", "hits", "0", "_source", "size")
	if total, _ := tracardi.Dig(out.Results[0].Payload, "hits", "total", "value"); total != 1.0 || size != 40.0 {
		t.Errorf("found %v", out)
	}
}

func run(t *testing.T, f *nodetest.Flow, id, config, payload string) node.Output {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.Run(t.Context(), f.Input(t, "payload", payload))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
