package storagetest

import (
	"os"
	"testing"
)

// Server returns the URL of a real server from the environment variable of that name, as test/services/up prints it. Without
// it the test is skipped, or fails where tests are meant to be complete: with TRACARDI_TEST_REQUIRED or CI set.
func Server(t testing.TB, variable string) string {
	t.Helper()
	url := os.Getenv(variable) //lint:allow environment the servers of tests are no settings of the program
	if url != "" {
		return url
	}
	const advice = `%s is not set, so no server to test with: eval "$(test/services/up)", or a service by name (test/services/README.md)`
	if required() {
		t.Fatalf(advice, variable)
	}
	t.Skipf(advice, variable)
	return ""
}

func required() bool {
	for _, variable := range []string{"TRACARDI_TEST_REQUIRED", "CI"} {
		if value := os.Getenv(variable); value != "" && value != "false" && value != "0" { //lint:allow environment as above
			return true
		}
	}
	return false
}
