package mysql_test

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/mysql"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server returns the URL of the test server, and a connection to it.
func server(t *testing.T) (*url.URL, *sql.DB) {
	t.Helper()
	u, err := url.Parse(storagetest.Server(t, "TRACARDI_TEST_MYSQL_URL"))
	if err != nil {
		t.Fatal(err)
	}
	whole := *u
	whole.Path = "/information_schema"
	config, err := mysql.Parse(whole.String())
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return u, db
}

// database makes an empty database and returns its URL.
func database(t *testing.T) string {
	t.Helper()
	u, db := server(t)
	name := "tracardi_test_" + strings.ToLower(rand.Text()[:12])
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

func nameOf(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }

func open(t *testing.T, address string) storage.Config {
	t.Helper()
	s, err := mysql.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConfig(t *testing.T) {
	addresses := map[storage.Config]string{}
	fresh := func(t *testing.T) storage.Config {
		address := database(t)
		s := open(t, address)
		addresses[s] = address
		return s
	}
	// Another process: what was committed is the server's, and nothing is handed over.
	peer := func(t *testing.T, s storage.Config) storage.Config {
		again := open(t, addresses[s])
		addresses[again] = addresses[s]
		return again
	}
	storagetest.Config(t, fresh, storagetest.Options[storage.Config]{Reopen: peer, Peer: peer})
}

func TestMigrationsRunOnceThoughManyStartTogether(t *testing.T) {
	address := database(t)
	var running sync.WaitGroup
	for range 12 {
		running.Go(func() {
			s, err := mysql.Open(t.Context(), address)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	_, db := server(t)
	var runs, versions int
	table := nameOf(address) + ".config_schema"
	if err := db.QueryRow("SELECT count(*), count(DISTINCT version_id) FROM "+table+" WHERE version_id > 0").Scan(&runs, &versions); err != nil {
		t.Fatal(err)
	}
	if runs == 0 || runs != versions {
		t.Errorf("%d runs of %d migrations", runs, versions)
	}
}

func TestSchemaOfANewerRelease(t *testing.T) {
	address := database(t)
	open(t, address)
	_, db := server(t)
	if _, err := db.Exec("INSERT INTO " + nameOf(address) + ".config_schema (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	_, err := mysql.Open(t.Context(), address)
	wantError(t, err, tracardi.Internal, "version 99", "start the newer release")
}

// A migration commits each of its statements at once: a process that dies between two of them leaves half of it.
func TestMigrationGoesOnWhereADeadProcessStopped(t *testing.T) {
	address := database(t)
	_, db := server(t)
	name := nameOf(address)
	open(t, address)
	for _, statement := range []string{"DROP TABLE " + name + ".config_revision", "DROP TABLE " + name + ".config_schema"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, address)
	if _, err := s.Put(t.Context(), storage.Item{Tenant: "acme", Kind: "source", ID: "1", Data: []byte(`1`)}); err != nil {
		t.Error(err)
	}
}

func TestOpenExplains(t *testing.T) {
	u, _ := server(t)
	wrong := func(change func(u *url.URL)) string {
		other := *u
		other.Path = "/tracardi"
		change(&other)
		return other.String()
	}
	for _, test := range []struct {
		name, address string
		kind          tracardi.Kind
		want          []string
	}{
		{"password", wrong(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "open-sesame") }), tracardi.Invalid, []string{"user", "password"}},
		{"database", wrong(func(u *url.URL) { u.Path = "/tracardi_none" }), tracardi.Invalid, []string{"tracardi_none", "CREATE DATABASE"}},
		{"server", "mysql://ann:open-sesame@127.0.0.1:1/tracardi", tracardi.Unavailable, []string{"127.0.0.1:1", "cannot be reached"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := mysql.Open(t.Context(), test.address)
			wantError(t, err, test.kind, test.want...)
		})
	}
}

func TestParseExplains(t *testing.T) {
	for address, want := range map[string]string{
		"mysql://ann:open-sesame@host":                        "no database",
		"mysql://ann:open-sesame@host/a/b":                    "no database",
		"mysql://ann:open-sesame@/cdp":                        "no server",
		"mysql://host/cdp":                                    "no user",
		"mysql://ann:open-sesame%@host/cdp":                   "%25",
		"postgres://ann:open-sesame@host/cdp":                 "postgres",
		"mysql://ann:open-sesame@host/cdp?tls=maybe":          "tls=maybe",
		"mysql://ann:open-sesame@host/cdp?parseTime=true":     "parseTime",
		"mysql://ann:open-sesame@host/cdp?ca=/no/such/file":   "/no/such/file",
		"mysql://ann:open-sesame@host/cdp?ca=mysql_test.go":   "PEM",
		"mysql://ann:open-sesame@host/cdp?tls=true&ca=gone.x": "gone.x",
	} {
		_, err := mysql.Parse(address)
		wantError(t, err, tracardi.Invalid, "config-url", want)
	}
	config, err := mysql.Parse("mysql://ann:p%40ss@db.example.com/cdp?tls=true")
	if err != nil {
		t.Fatal(err)
	}
	if config.Addr != "db.example.com:3306" || config.Passwd != "p@ss" || config.TLS.ServerName != "db.example.com" || config.TLS.InsecureSkipVerify {
		t.Errorf("got %+v", config)
	}
}

func wantError(t *testing.T, err error, kind tracardi.Kind, parts ...string) {
	t.Helper()
	if err == nil || tracardi.KindOf(err) != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	if strings.Contains(err.Error(), "open-sesame") {
		t.Errorf("the password is in %q", err)
	}
}
