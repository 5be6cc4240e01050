package clock_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/clock"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "clock", nil) }
