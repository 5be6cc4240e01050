package elastic_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/tracardi/tracardi-go/e2e/place"
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
	for _, server := range servers {
		if web := os.Getenv(server.variable); web != "" { //lint:allow environment the servers of tests are no settings
			if err := place.RemoveOld(web); err != nil {
				fmt.Fprintln(os.Stderr, err) // the server may be away, which is for the tests to say
			}
		}
	}
	os.Exit(m.Run())
}
