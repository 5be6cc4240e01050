// Package place puts programs under test on real servers, where each has a place of its own.
package place

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/rueidis"
)

// Servers are the addresses of servers, as test/services/up prints them. What is empty stays in the data folder.
type Servers struct {
	MySQL, Redis, Pulsar, PulsarAdmin string
	Elasticsearch, OpenSearch         string // one of them keeps the records
}

// FromEnvironment returns the servers that the variables of test/services/up name. Elasticsearch keeps the records.
func FromEnvironment() Servers {
	return Servers{
		MySQL: os.Getenv("TRACARDI_TEST_MYSQL_URL"), Redis: os.Getenv("TRACARDI_TEST_REDIS_URL"), //lint:allow environment the servers of tests are no settings
		Pulsar: os.Getenv("TRACARDI_TEST_PULSAR_URL"), PulsarAdmin: os.Getenv("TRACARDI_TEST_PULSAR_ADMIN_URL"), //lint:allow environment as above
		Elasticsearch: os.Getenv("TRACARDI_TEST_ELASTICSEARCH_URL"), //lint:allow environment as above
	}
}

// Settings are the flags of programs that share what is theirs alone, under a name of lower case letters and digits.
func (s Servers) Settings(name string) ([]string, error) {
	args := []string{"--secret=" + strings.Repeat("5e", 32)}
	if s.MySQL != "" {
		address, err := database(s.MySQL, name)
		if err != nil {
			return nil, err
		}
		args = append(args, "--config-url="+address)
	}
	if s.Redis != "" {
		args = append(args, "--cache-url="+s.Redis+"?prefix="+name)
	}
	if s.Pulsar != "" {
		args = append(args, "--queue-url="+s.Pulsar+"/public/default?prefix="+name+"&admin="+s.PulsarAdmin)
	}
	if s.Elasticsearch != "" {
		args = append(args, "--records-url="+strings.Replace(s.Elasticsearch, "http://", "elasticsearch://", 1)+"?prefix="+name)
	}
	if s.OpenSearch != "" {
		args = append(args, "--records-url="+strings.Replace(s.OpenSearch, "http://", "opensearch://", 1)+"?prefix="+name)
	}
	return args, nil
}

// Remove takes away the databases and indices of all names that begin so.
func (s Servers) Remove(begin string) error {
	var errs []error
	if s.MySQL != "" {
		errs = append(errs, dropDatabases(s.MySQL, begin))
	}
	for _, web := range []string{s.Elasticsearch, s.OpenSearch} {
		if web != "" {
			errs = append(errs, Indices{web, begin}.Remove())
		}
	}
	return errors.Join(errs...)
}

// Questions is how many statements the MySQL server was sent so far, by everybody.
func (s Servers) Questions() (count int64, err error) {
	db, err := connect(s.MySQL)
	if err != nil {
		return 0, err
	}
	defer db.Close() //nolint:errcheck // nothing is open
	var name string
	err = db.QueryRow("SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&name, &count)
	return count, err
}

// Backlog is how many messages of a topic under a name Pulsar still keeps for the workers. The broker counts them without reading any.
func (s Servers) Backlog(name, topic string) (int64, error) {
	var answer struct {
		Subscriptions map[string]struct {
			Backlog int64 `json:"msgBacklog"`
		}
	}
	err := Indices{Web: s.PulsarAdmin}.ask("GET", "/admin/v2/persistent/public/default/"+name+"%3A"+topic+"/stats", &answer)
	return answer.Subscriptions["workers"].Backlog, err
}

// Commands is how often the Redis server has done each command so far, for everybody. Those of a script count beside the script.
func (s Servers) Commands(ctx context.Context) (map[string]int64, error) {
	options, err := rueidis.ParseURL(s.Redis)
	if err != nil {
		return nil, err
	}
	client, err := rueidis.NewClient(options)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	text, err := client.Do(ctx, client.B().Info().Section("commandstats").Build()).ToString()
	if err != nil {
		return nil, err
	}
	commands := map[string]int64{}
	for line := range strings.SplitSeq(text, "\r\n") {
		if name, rest, found := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls="); found {
			calls, _, _ := strings.Cut(rest, ",")
			if commands[name], err = strconv.ParseInt(calls, 10, 64); err != nil {
				return nil, err
			}
		}
	}
	return commands, nil
}

// database makes a database and returns its URL.
func database(server, name string) (address string, err error) {
	db, err := connect(server)
	if err != nil {
		return "", err
	}
	defer db.Close() //nolint:errcheck // nothing is open
	if _, err := db.Exec("CREATE DATABASE IF NOT EXISTS " + name); err != nil {
		return "", err
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func dropDatabases(server, begin string) error {
	db, err := connect(server)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is open
	rows, err := db.Query("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?", begin+"%")
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	errs := []error{rows.Err()}
	for _, name := range names {
		_, err := db.Exec("DROP DATABASE IF EXISTS " + name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func connect(server string) (*sql.DB, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	config := mysql.NewConfig()
	config.Net, config.Addr, config.User = "tcp", u.Host, u.User.Username()
	config.Passwd, _ = u.User.Password()
	return sql.Open("mysql", config.FormatDSN())
}

// Indices are those of installations on an Elasticsearch or OpenSearch.
type Indices struct {
	Web    string // where the server answers
	Prefix string
}

// Remove deletes them. Prefix may be the begin of several.
func (i Indices) Remove() error {
	var names map[string]struct{}
	if err := i.ask("GET", "/"+i.Prefix+"*/_alias", &names); err != nil {
		return err
	}
	var errs []error
	// Many at once, since each request is a new state of the whole cluster, and as many as fit into a line.
	for some := range slices.Chunk(slices.Collect(maps.Keys(names)), 40) {
		errs = append(errs, i.ask("DELETE", "/"+strings.Join(some, ","), nil))
	}
	if len(names) > 0 {
		errs = append(errs, i.ask("DELETE", "/_index_template/"+i.Prefix+"*", nil))
	}
	return errors.Join(errs...)
}

// Refresh has searches see everything that is stored, and returns how many change sets are not finished.
func (i Indices) Refresh() (int, error) {
	var open struct{ Count int }
	err := i.ask("POST", "/"+i.Prefix+"-*/_refresh", nil)
	if err == nil {
		err = i.ask("GET", "/"+i.Prefix+"-journal/_count", &open)
	}
	return open.Count, err
}

// Written tells how often documents were written so far in the indices whose names go on so.
func (i Indices) Written(names string) (int64, error) {
	var answer struct {
		All struct {
			Primaries struct {
				Indexing struct {
					Total int64 `json:"index_total"`
				}
			}
		} `json:"_all"`
	}
	err := i.ask("GET", "/"+i.Prefix+names+"/_stats/indexing", &answer)
	return answer.All.Primaries.Indexing.Total, err
}

// Documents returns up to so many documents of the indices whose names go on so, as the server keeps them.
func (i Indices) Documents(names string, limit int) ([][]byte, error) {
	var answer struct {
		Hits struct {
			Hits []struct {
				Source json.RawMessage `json:"_source"`
			}
		}
	}
	err := i.ask("GET", "/"+i.Prefix+names+"/_search?size="+strconv.Itoa(limit), &answer)
	var documents [][]byte
	for _, hit := range answer.Hits.Hits {
		documents = append(documents, hit.Source)
	}
	return documents, err
}

// Mapping returns how the documents of one of the indices are indexed whose names go on so.
func (i Indices) Mapping(names string) (string, error) {
	var answer map[string]struct{ Mappings json.RawMessage }
	err := i.ask("GET", "/"+i.Prefix+names+"/_mapping", &answer)
	for _, index := range answer {
		return string(index.Mappings), err
	}
	return "", err
}

// Make makes an index of that name, the prefix alone, with a mapping of its own.
func (i Indices) Make(mapping string) error {
	return i.send("PUT", "/"+i.Prefix, `{"mappings":`+mapping+`}`, nil)
}

func (i Indices) ask(method, path string, into any) error { return i.send(method, path, "", into) }

func (i Indices) send(method, path, body string, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, i.Web+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode < 300 && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil || response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %w %s", method, path, response.StatusCode, err, text)
	}
	return nil
}
