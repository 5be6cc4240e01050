package segment_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/segment"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "segment", nil) }

func TestConditionalNeedsASegment(t *testing.T) {
	if _, err := node.Lookup("segment.conditional").Configure([]byte(`{"condition": "payload@a = 1"}`)); err == nil {
		t.Error("took a condition without segments")
	}
}
