package crash

import (
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// scripts start and stop servers.
var scripts = filepath.Join("..", "..", "test", "services")

// services are servers of one test alone, which it may freeze and kill.
type services struct {
	t    testing.TB
	env  []string
	urls map[string]string
}

// portsOf lists the ports of each server by the names that the scripts give them.
var portsOf = map[string][]string{
	"mariadb": {"PORT"}, "redis": {"PORT"}, "pulsar": {"PORT", "ADMIN_PORT", "BOOKIE_PORT"}, "elasticsearch": {"PORT", "TRANSPORT_PORT"},
}

// startServices starts servers on free ports and in a folder of their own. They need the ones of all tests to be there, which
// shows that the machine can run them.
func startServices(t testing.TB, names ...string) *services {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers of its own, which takes a while")
	}
	for _, variable := range []string{"TRACARDI_TEST_MYSQL_URL", "TRACARDI_TEST_REDIS_URL", "TRACARDI_TEST_PULSAR_URL"} {
		storagetest.Server(t, variable)
	}
	s := &services{t: t, env: append(os.Environ(), "TRACARDI_SERVICES_DIR="+t.TempDir()), urls: map[string]string{}}
	for _, name := range names {
		for _, port := range portsOf[name] {
			s.env = append(s.env, fmt.Sprintf("TRACARDI_SERVICES_%s_%s=%d", strings.ToUpper(name), port, freePort(t)))
		}
	}
	t.Cleanup(func() { s.run("down", append([]string{"--wipe"}, names...)...) })
	for _, match := range regexp.MustCompile(`export (\w+)=(\S+)`).FindAllStringSubmatch(s.run("up", names...), -1) {
		s.urls[match[1]] = match[2]
	}
	return s
}

// run runs one of the scripts and returns what it prints.
func (s *services) run(script string, args ...string) string {
	s.t.Helper()
	command := exec.Command(filepath.Join(scripts, script), args...)
	command.Env = s.env
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		s.t.Fatalf("%s %v: %v\n%s", script, args, err, errs.String())
	}
	return string(out)
}

// freePort finds a port that is free now. It takes one below those that the system hands out by itself, which another program may
// get before the server does.
func freePort(t testing.TB) int {
	t.Helper()
	for port := 20000 + os.Getpid()%8000; port < 32000; port++ {
		if taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		listener.Close()
		taken[port] = true
		return port
	}
	t.Fatal("no port is free")
	return 0
}

var taken = map[int]bool{}

// settings are the flags that put a program on these servers. Those that run share what the name says.
func (s *services) settings(name string) []string {
	s.t.Helper()
	args := []string{"--secret=" + strings.Repeat("5e", 32)}
	if address := s.urls["TRACARDI_TEST_MYSQL_URL"]; address != "" {
		args = append(args, "--config-url="+s.database(address, name))
	}
	if address := s.urls["TRACARDI_TEST_REDIS_URL"]; address != "" {
		args = append(args, "--cache-url="+address+"?prefix="+name)
	}
	if address := s.urls["TRACARDI_TEST_PULSAR_URL"]; address != "" {
		args = append(args, "--queue-url="+address+"/public/default?prefix="+name+"&admin="+s.urls["TRACARDI_TEST_PULSAR_ADMIN_URL"])
	}
	if address := s.urls["TRACARDI_TEST_ELASTICSEARCH_URL"]; address != "" {
		args = append(args, "--records-url="+strings.Replace(address, "http://", "elasticsearch://", 1)+"?prefix="+name)
	}
	return args
}

// database makes a database.
func (s *services) database(address, name string) string {
	s.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	config := mysql.NewConfig()
	config.Net, config.Addr, config.User = "tcp", u.Host, u.User.Username()
	config.Passwd, _ = u.User.Password()
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close() // nothing was written through it that could be lost
	if _, err := db.Exec("CREATE DATABASE IF NOT EXISTS " + name); err != nil {
		s.t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
