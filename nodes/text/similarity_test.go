package text_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// TestSimilarity compares with values that the literature gives.
func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		algorithm, first, second string
		want, ratio              float64
	}{
		{"levenshtein", "kitten", "sitting", 3, 0.571429},
		{"weighted_levenshtein", "kitten", "sitting", 3, 0.571429},
		{"normalized_levenshtein", "kitten", "sitting", 0.428571, 0.571429},
		{"optimal_string_alignment", "ca", "abc", 3, 0},
		{"damerau", "ca", "abc", 2, 0.333333},
		{"jaro_winkler", "MARTHA", "MARHTA", 0.038889, 0.961111},
		{"jaro_winkler", "", "", 0, 1},
		{"longest_common_subsequence", "AGCAT", "GAC", 4, 0.5},
		{"levenshtein", "Zoë", "Zoe", 1, 0.666667},
		{"levenshtein", "", "", 0, 1},
		{"normalized_levenshtein", "", "", 0, 1},
		{"normalized_levenshtein", "", "abc", 1, 0},
		{"longest_common_subsequence", "", "", 0, 1},
	} {
		t.Run(fmt.Sprint(c.algorithm, " ", c.first, " ", c.second), func(t *testing.T) {
			out, err := run(t, "text.similarity", map[string]any{"first_string": "payload@a", "second_string": "payload@b", "algorithm": c.algorithm},
				map[string]any{"a": c.first, "b": c.second})
			if err != nil {
				t.Fatal(err)
			}
			got := out.Results[0].Payload
			if !near(got["similarity"], c.want) || !near(got["ratio"], c.ratio) {
				t.Errorf("got %v, want %v and %v", got, c.want, c.ratio)
			}
		})
	}
	long := strings.Repeat("a", 2001)
	_, err := run(t, "text.similarity", map[string]any{"first_string": long, "second_string": "b"}, nil)
	if tracardi.KindOf(err) != tracardi.TooLarge {
		t.Errorf("a long text gives %v", err)
	}
}

func near(got any, want float64) bool { n, ok := got.(float64); return ok && math.Abs(n-want) < 2e-6 }

// run runs a node once.
func run(t *testing.T, id string, config, payload map[string]any) (node.Output, error) {
	t.Helper()
	n, err := node.Lookup(id).Configure(tracardi.AppendValue(nil, config))
	if err != nil {
		t.Fatal(err)
	}
	f := nodetest.NewFlow()
	return n.Run(t.Context(), f.Input(t, "payload", string(tracardi.AppendValue(nil, payload))))
}
