package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Settings is the one list of settings. The name of a setting is its flag; TRACARDI_ and the name in capitals is its
// environment variable; the name itself is its key in the file. A flag wins over the environment, the environment over the
// file, the file over the default.
type Settings struct {
	File string `name:"config" placeholder:"FILE" help:"YAML file with settings: one key for each setting of this list."`

	Data      string `default:"./data" placeholder:"DIR" help:"Folder of everything that the installation keeps: records, configuration, secrets."`
	Addr      string `default:"127.0.0.1:8686" placeholder:"HOST:PORT" help:"Address to listen on. An empty host means every network interface."`
	PublicURL string `placeholder:"URL" help:"Address under which browsers reach this installation, such as https://cdp.example.com. Empty: made from the address to listen on."`
	Roles     Roles  `default:"api,gui,worker,bridge" placeholder:"LIST" help:"What this process does: api takes events and serves the admin API, gui serves the web application, worker does the work in the background, bridge reads from brokers such as Kafka."`
	APIURL    string `name:"api-url" placeholder:"URL" help:"Where a process that serves only the web application finds the API, such as http://api:8686: it forwards what the pages ask for. That process must name this one in trusted-proxies. Empty: a proxy in front knows the way."`

	RecordsURL string `placeholder:"URL" secret:"" help:"Store of events, sessions, profiles and logs. Empty: Pebble in the data folder. pebble:DIR: Pebble elsewhere. elasticsearch://USER:PASSWORD@HOST:9200,HOST:9200: Elasticsearch 8 or 9, opensearch: OpenSearch 2 or 3, which many processes share; elasticsearchs and opensearchs: with TLS; ?prefix=NAME keeps several installations apart, ?api-key=KEY and ?ca=FILE are known too."`
	ConfigURL  string `placeholder:"URL" secret:"" help:"Store of sources, users and other configuration. Empty: SQLite in the data folder. sqlite:FILE: SQLite elsewhere. mysql://USER:PASSWORD@HOST:3306/DATABASE: MySQL 8 or MariaDB, which many processes share; ?tls=true (or skip-verify) and ?ca=FILE encrypt the connection."`
	CacheURL   string `placeholder:"URL" secret:"" help:"Cache and locks. Empty or memory: in this process. redis://USER:PASSWORD@HOST:6379/0: Redis, which many processes share; rediss: with TLS; ?prefix=NAME keeps several installations apart, ?ca=FILE and ?master=NAME (of a sentinel) are known too."`
	QueueURL   string `placeholder:"URL" help:"Queue of accepted work. Empty: in the records' store or, when that is on a server, in the data folder. pulsar://HOST:6650/TENANT/NAMESPACE: Apache Pulsar, which many processes share; pulsar+ssl: with TLS; ?admin=URL names its REST interface (port 8080 otherwise), ?prefix=NAME keeps several installations apart, ?token-file=FILE and ?ca=FILE are known too."`

	Secret     string `placeholder:"HEX" secret:"" help:"Secret of the installation: 64 hexadecimal digits that key the ids made of personal data and encrypt credentials. Processes that share the configuration need the same one. Empty: the file secret in the data folder, which the first start makes."`
	SecretFile string `placeholder:"FILE" help:"File that holds the secret of the installation."`

	AdminEmail    string `placeholder:"EMAIL" help:"E-mail of the first administrator, whom the start makes when there is none yet. Needs admin-password."`
	AdminPassword string `placeholder:"PASSWORD" secret:"" help:"Password of the first administrator, at least 10 characters. Needs admin-email."`
	AdminToken    string `placeholder:"TOKEN" secret:"" help:"Bearer token with the rights of an administrator, for scripts; at least 16 characters."`

	LogLevel  slog.Level `default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat string     `default:"text" enum:"text,json" placeholder:"FORMAT" help:"Form of the log lines on standard error: text or json."`

	Demo bool `help:"Load demo data in the background when the store is empty: 10000 invented visitors of a shop and what they did in a month."`

	TrustedProxies Networks `placeholder:"LIST" help:"Addresses or networks, such as 10.0.0.0/8, of the proxies in front. Their X-Forwarded-For and X-Forwarded-Proto are believed, nobody else's."`
	EgressAllow    Networks `placeholder:"LIST" help:"Private addresses or networks, such as 10.1.0.0/16, that flows and bridges may call. The public internet is always open to them, everything else is closed."`
	MaxBodyBytes   int64    `default:"5242880" placeholder:"BYTES" help:"Largest request body."`
	RefuseBots     bool     `help:"Answer 401 to events of crawlers and other known bots."`
	SystemEvents   bool     `default:"true" negatable:"" help:"Add events of the system's own: visit-started, session-opened, profile-created."`
	GeoDatabase    string   `placeholder:"FILE" help:"City database in MaxMind's format (.mmdb); with it, sessions get a place from the visitor's address."`

	Memory     int `default:"256" placeholder:"MB" help:"Memory that the process tries to stay under. Caches and write buffers are sized by it."`
	KeepEvents int `default:"0" placeholder:"DAYS" help:"Days after which events are removed; 0 keeps them for ever."`
	KeepLogs   int `default:"90" placeholder:"DAYS" help:"Days after which lines of the log are removed; 0 keeps them for ever."`
	KeepRuns   int `default:"90" placeholder:"DAYS" help:"Days after their end after which runs of flows are removed, with their traces and the counts of nodes; 0 keeps them for ever. Runs that wait stay."`

	ShutdownDelay   time.Duration `default:"0s" placeholder:"DURATION" help:"Wait between answering \"not ready\" and refusing connections, so that load balancers notice."`
	ShutdownTimeout time.Duration `default:"20s" placeholder:"DURATION" help:"Longest wait for running requests when the process is told to stop."`
}

// RecordsDir is the folder of the embedded store: of records and queue or, with records on a server, of the queue alone.
func (s *Settings) RecordsDir() string {
	if s.SharedRecords() {
		return filepath.Join(s.Data, "queue")
	}
	if path := rest(s.RecordsURL); path != "" {
		return path
	}
	return filepath.Join(s.Data, "records")
}

// ConfigFile is the file of the embedded configuration store.
func (s *Settings) ConfigFile() string {
	if path := rest(s.ConfigURL); path != "" {
		return path
	}
	return filepath.Join(s.Data, "config.db")
}

// MemoryBytes is Memory in bytes.
func (s *Settings) MemoryBytes() int64 { return int64(s.Memory) << 20 }

// Roles are the parts that a process plays.
type Roles []string

// Names of the roles.
const (
	RoleAPI    = "api"
	RoleGUI    = "gui"
	RoleWorker = "worker"
	RoleBridge = "bridge"
)

var knownRoles = []string{RoleAPI, RoleGUI, RoleWorker, RoleBridge}

// Has tells whether a role is among them.
func (r Roles) Has(role string) bool { return slices.Contains(r, role) }

// String lists the roles with commas.
func (r Roles) String() string { return strings.Join(r, ",") }

// UnmarshalText reads a list with commas. It refuses unknown roles and an empty list.
func (r *Roles) UnmarshalText(text []byte) error {
	*r = nil
	for _, name := range fields(string(text)) {
		if !slices.Contains(knownRoles, name) {
			return fmt.Errorf("there is no role %q; the roles are %s", name, strings.Join(knownRoles, ", "))
		}
		if !r.Has(name) {
			*r = append(*r, name)
		}
	}
	if len(*r) == 0 {
		return fmt.Errorf("name at least one of the roles %s", strings.Join(knownRoles, ", "))
	}
	return nil
}

// Networks are ranges of addresses.
type Networks []netip.Prefix

// Contain tells whether an address belongs to one of them.
func (n Networks) Contain(addr netip.Addr) bool {
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(addr.Unmap()) })
}

// String lists the networks with commas.
func (n Networks) String() string {
	names := make([]string, len(n))
	for i, network := range n {
		names[i] = network.String()
	}
	return strings.Join(names, ",")
}

// UnmarshalText reads a list with commas of networks and single addresses.
func (n *Networks) UnmarshalText(text []byte) error {
	*n = nil
	for _, name := range fields(string(text)) {
		network, err := netip.ParsePrefix(name)
		if err != nil {
			addr, addrErr := netip.ParseAddr(name)
			if addrErr != nil {
				return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", name)
			}
			network = netip.PrefixFrom(addr, addr.BitLen())
		}
		*n = append(*n, network.Masked())
	}
	return nil
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
