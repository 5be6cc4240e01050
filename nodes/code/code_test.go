package code_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/code"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "code", withProgram) }
