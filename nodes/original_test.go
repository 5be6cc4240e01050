package nodes_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/node"

	_ "github.com/tracardi/tracardi-go/nodes"
)

// originals are nodes of the original and what stands for them here: module, class and type. The class "-" is not known.
//
//go:embed testdata/original.tsv
var originals string

func TestNodesOfTheOriginalAreFound(t *testing.T) {
	for line := range strings.Lines(originals) {
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("%q is no module, class and type", line)
		}
		typ, _, ok, err := node.Import(words[0], words[1], nil)
		if err != nil || !ok || typ.FullID() != words[2] {
			t.Errorf("%s: got %v, %v, %v", line, typ, ok, err)
		}
	}
}
