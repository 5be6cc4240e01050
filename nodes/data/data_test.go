package data_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/data"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "data", nil) }
