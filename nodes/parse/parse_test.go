package parse_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/parse"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "parse", nil) }
