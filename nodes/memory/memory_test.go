package memory_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/memory"
)

func TestNodes(t *testing.T) {
	nodetest.Group(t, "memory", func(_ *testing.T, typ *node.Type, f *nodetest.Flow) {
		if typ.ID == "read" {
			f.Shared["memory/basket/profile-1"] = nodetest.Kept{Value: `{"n": 1}`}
			f.Shared["memory//broken"] = nodetest.Kept{Value: `{`}
		}
	})
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	f := nodetest.NewFlow()
	run := func(id, config string) node.Result {
		t.Helper()
		n, err := node.Lookup(id).Configure([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		out, err := n.Run(t.Context(), f.Input(t, "payload", `{"k": "a/b"}`))
		if err != nil {
			t.Fatal(err)
		}
		return out.Results[0]
	}
	run("memory.write", `{"key": "payload@k", "prefix": "p", "value": ["x", 1], "ttl": 60}`)
	if got := run("memory.read", `{"key": "payload@k", "prefix": "p"}`); got.Port != "success" {
		t.Errorf("got %v", got)
	}
	if got := run("memory.read", `{"key": "b", "prefix": "p/a"}`); got.Port != "not-exists" {
		t.Errorf("another key: got %v", got)
	}
	f.Time = f.Time.Add(time.Minute)
	if got := run("memory.read", `{"key": "payload@k", "prefix": "p"}`); got.Port != "not-exists" {
		t.Errorf("after its time: got %v", got)
	}
}
