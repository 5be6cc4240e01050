package elastic_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer random cases than usual: each asks a server some hundred questions, on four servers. All servers are asked
// at once, whatever the number of processors: the tests mostly wait for them.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.checks": "20", "test.parallel": "12"} {
		if err := flag.Set(name, value); err != nil {
			panic(err) // there is no such flag any more
		}
	}
	flag.Parse()
	os.Exit(m.Run())
}
