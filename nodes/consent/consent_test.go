package consent_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/consent"
)

func TestNodes(t *testing.T) { nodetest.Group(t, "consent", nil) }
