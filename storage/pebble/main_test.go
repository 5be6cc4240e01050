package pebble_test

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests or, started again by one of them, a process that writes until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		writeUntilKilled(dir)
		return
	}
	// The models are asked at three speeds of making segments, each drawing cases of its own.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err) // there is no such flag any more
	}
	goleak.VerifyTestMain(m)
}
