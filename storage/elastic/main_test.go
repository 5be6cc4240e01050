package elastic_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer random cases than usual: each asks a server some hundred questions, on four servers.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err) // the library has no such flag any more
	}
	flag.Parse()
	os.Exit(m.Run())
}
