package tracardi_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tracardi/tracardi-go"

// mayImport says which packages of ours a package may import. Dependencies point one way: the words at the bottom, the
// program at the top. Tests may import more, since they put the parts together.
var mayImport = map[string][]string{
	".":    {},
	"expr": {},

	"node":        {".", "expr"},
	"node/call":   {".", "node"},
	"node/letter": {".", "node"},
	"bridge":      {".", "node"},
	"bridge/bridgetest": {
		".", "bridge", "expr", "storage", "storage/memory", "storage/pebble", "storage/sqlite", "internal/collect", "internal/egress", "internal/identity",
		"internal/pipeline", "internal/reader", "internal/vault", "internal/workspace",
	},
	"bridges":       {"bridges/*"},
	"bridges/*":     {".", "bridge", "node"}, // a bridge knows no other bridge
	"node/nodetest": {".", "expr", "node"},
	"nodes":         {"nodes/*"},
	"nodes/*":       {".", "expr", "node", "node/call", "node/letter", "internal/useragent"}, // a group of nodes knows no other group

	"internal/fault":         {},
	"internal/flow":          {".", "expr", "node"},
	"internal/flow/flowtest": {".", "expr", "node", "internal/flow"},

	"storage":             {".", "expr"},
	"storage/elastic":     {".", "expr", "storage", "storage/ordered", "storage/trust"},
	"storage/memory":      {".", "storage"},
	"storage/mysql":       {".", "storage/sqlconfig", "storage/trust"},
	"storage/outbox":      {"storage", "internal/fault"},
	"storage/ordered":     {".", "storage", "internal/fault"},
	"storage/pebble":      {".", "expr", "storage", "internal/fault"},
	"storage/pulsar":      {".", "storage", "storage/trust", "internal/fault"},
	"storage/redis":       {".", "storage", "storage/memory", "storage/trust"},
	"storage/sqlconfig":   {".", "storage"},
	"storage/sqlite":      {".", "storage", "storage/sqlconfig"},
	"storage/storagetest": {".", "expr", "storage"},
	"storage/trust":       {},

	"internal/config":    {},
	"internal/egress":    {"."},
	"internal/eventtype": {"."},
	"internal/identity":  {"."},
	"internal/personal":  {},
	"internal/vitals":    {".", "storage"},
	"internal/workspace": {".", "expr", "storage", "internal/flow"},
	"internal/vault":     {".", "node", "internal/workspace"},
	"internal/auth":      {".", "storage", "internal/workspace"},
	"internal/useragent": {"."},
	"internal/pipeline":  {".", "expr", "node", "storage", "internal/flow", "internal/eventtype", "internal/identity", "internal/useragent", "internal/workspace", "internal/fault"},
	"internal/reader":    {".", "bridge", "node", "internal/workspace"},
	"internal/collect":   {".", "bridge", "expr", "storage", "internal/workspace", "internal/fault"},
	"internal/api": {
		".", "expr", "storage", "internal/auth", "internal/eventtype", "internal/flow", "internal/personal", "internal/pipeline",
		"internal/vault", "internal/vitals", "internal/workspace", "bridge", "node",
	},
	"internal/demo": {".", "storage", "internal/collect", "internal/pipeline", "internal/workspace"},
	"internal/app":  {"*"},

	"internal/collect/segment": {".", "internal/collect", "internal/identity"},

	"gui":     {},
	"tracker": {},

	"program":      {"internal/app", "internal/config", "internal/demo"},
	"cmd/tracardi": {"program"},

	"bench":     {"storage", "storage/pebble", "e2e/place"},
	"e2e":       {},
	"e2e/crash": {},

	"e2e/place":     {},
	"e2e/onservers": {"e2e/place"},

	"e2e/crash/mortal": {"internal/fault", "program"},
}

// onlyIn keeps a library in the one place that knows it. A name ending in a slash stands for everything below it.
var onlyIn = []struct {
	library string
	places  []string
	why     string
}{
	{"github.com/danielgtaylor/huma/", []string{"internal/api"}, "the framework of the admin API must not spread"},
	{"github.com/prometheus/", []string{"internal/app", "internal/api"}, "other packages offer plain counters"},
	{"database/sql", []string{"storage/", "nodes/database", "e2e/place"}, "SQL is written by the stores and the nodes for databases alone, and tests make databases"},
	{"modernc.org/sqlite", []string{"storage/sqlite"}, "one folder knows SQLite"},
	{"modernc.org/quickjs", []string{"nodes/code"}, "programs of users run in one place"},
	{"github.com/tetratelabs/wazero", []string{"nodes/code"}, "programs of users run in one place"},
	{"github.com/go-sql-driver/", []string{"storage/mysql", "nodes/database", "e2e/place"}, "one folder keeps the configuration in MySQL, one reads the databases of others"},
	{"github.com/jackc/", []string{"nodes/database"}, "one folder knows PostgreSQL"},
	{"github.com/redis/", []string{"storage/redis", "e2e/place"}, "one folder knows Redis, and the tests' servers are asked what they did"},
	{"github.com/rabbitmq/", []string{"bridges/amqp"}, "one folder knows AMQP"},
	{"github.com/twmb/", []string{"bridges/kafka"}, "one folder knows Kafka"},
	{"github.com/apache/", []string{"storage/pulsar"}, "one folder knows Pulsar"},
	{"github.com/pressly/goose/", []string{"storage/sqlite", "storage/mysql", "storage/sqlconfig"}, "migrations belong to the configuration stores"},
	{"github.com/elastic/", []string{"storage/elastic"}, "one folder knows Elasticsearch"},
	{"github.com/cockroachdb/", []string{"storage/pebble", "bench"}, "one folder knows Pebble, and the benchmarks compare with it"},
	{"github.com/alecthomas/kong", []string{"internal/config", "program"}, "settings reach the rest as arguments"},
	{"go.yaml.in/yaml/", []string{"internal/config"}, "only the settings file is YAML"},
	{"code.dny.dev/ssrf", []string{"internal/egress"}, "there is one way out"},
	{"github.com/google/jsonschema-go/", []string{"node"}, "one package makes forms of settings"},
	{"github.com/antchfx/", []string{"nodes/parse"}, "one node reads HTML"},
	{"github.com/hbollon/go-edlib", []string{"nodes/text"}, "one node compares texts"},
	{"github.com/standard-webhooks/", []string{"nodes/web"}, "one node signs webhooks"},
	{"github.com/wneessen/", []string{"nodes/mail"}, "one group sends mail"},
	{"github.com/ua-parser/", []string{"internal/useragent"}, "one place knows user agents"},
	{"github.com/oschwald/", []string{"internal/pipeline"}, "one stage knows places"},
	{"github.com/alexedwards/argon2id", []string{"internal/auth"}, "passwords belong to auth"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := local(p.ImportPath)
		allowed, known := mayImport[row(name)]
		if !known {
			t.Errorf("package %s has no row in the table: decide which packages of ours it may import", name)
			continue
		}
		for _, path := range p.Imports {
			if ours := local(path); ours != "" && !slices.Contains(allowed, row(ours)) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s, which the table does not allow", name, ours)
			}
			for _, rule := range onlyIn {
				if under(path, rule.library) && !slices.ContainsFunc(rule.places, func(place string) bool { return under(name, place) }) {
					t.Errorf("%s imports %s, which belongs in %s: %s", name, path, strings.Join(rule.places, " and "), rule.why)
				}
			}
		}
	}
}

// row is the name of a package in the table; all groups of nodes share one, and all bridges.
func row(name string) string {
	for _, group := range []string{"nodes/", "bridges/"} {
		if strings.HasPrefix(name, group) {
			return group + "*"
		}
	}
	return name
}

// packages asks the go command for every package of the module.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// local returns the path of a package of ours inside the module, "." for the root, and "" for packages of others.
func local(path string) string {
	if path == module {
		return "."
	}
	inside, ours := strings.CutPrefix(path, module+"/")
	if !ours {
		return ""
	}
	return inside
}

// under tells whether a path is a place or, when the place ends in a slash, below it.
func under(path, place string) bool {
	return path == place || strings.HasSuffix(place, "/") && strings.HasPrefix(path, place)
}
