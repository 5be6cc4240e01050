package control_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/control"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "control", nil) }
