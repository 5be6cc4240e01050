package mail_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

func TestNodes(t *testing.T) {
	nodetest.Group(t, "mail", func(t *testing.T, _ *node.Type, f *nodetest.Flow) { f.Resources["mail"] = server(t) })
}

// server is the resource of a real mail server, which accepts everything.
func server(t *testing.T) map[string]any {
	t.Helper()
	address, err := url.Parse(storagetest.Server(t, "TRACARDI_TEST_SMTP_URL"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"host": address.Hostname(), "port": port}
}
