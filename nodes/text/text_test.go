package text_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/text"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "text", nil) }
