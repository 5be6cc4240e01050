package text

import (
	"context"
	"math"
	"unicode/utf8"

	"github.com/hbollon/go-edlib"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "similarity", Name: "Compare texts", Icon: "arrows-diff",
		New:     func() node.Node { return &Similarity{Algorithm: "normalized_levenshtein"} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_similarity.plugin.SearchStringSimilarityAction"},
		Examples: []node.Example{
			{
				Name: "a slip of the pen", Config: `{"first_string": "event@properties.city", "second_string": "Berlin"}`, Event: `{"properties": {"city": "Berlim"}}`,
				Port: "payload", Result: `{"similarity": 0.166667, "ratio": 0.833333}`,
			},
			{
				Name: "letters to change", Config: `{"first_string": "kitten", "second_string": "sitting", "algorithm": "levenshtein"}`,
				Port: "payload", Result: `{"similarity": 3, "ratio": 0.571429}`,
			},
			{Name: "no such field", Config: `{"first_string": "event@properties.city", "second_string": "Berlin"}`, Error: "event@properties.city is missing"},
		},
	})
}

// Similarity tells how much two texts differ. The payload is then {"similarity": 0.17, "ratio": 0.83}.
//
// The ratio is 1 for equal texts and 0 for such as have nothing in common. What similarity holds depends on the algorithm, and is, as
// flows of the original expect, a distance that is 0 for equal texts: levenshtein and weighted_levenshtein count the letters to insert,
// remove or change; optimal_string_alignment and damerau also count two swapped letters as one change; longest_common_subsequence
// counts the letters to insert or remove; normalized_levenshtein and jaro_winkler go up to 1.
type Similarity struct {
	First     node.Value `json:"first_string" title:"First text" help:"A place such as event@properties.city, or the text itself." required:"true"`
	Second    node.Value `json:"second_string" title:"Second text" help:"A place such as profile@traits.city, or the text itself." required:"true"`
	Algorithm string     `json:"algorithm" title:"Algorithm" help:"How the difference is measured." enum:"levenshtein,normalized_levenshtein,weighted_levenshtein,damerau,optimal_string_alignment,jaro_winkler,longest_common_subsequence"`
}

// maxCompared is the length of texts that are compared: time and memory grow with the product of both.
const maxCompared = 2000

// Run implements node.Node.
func (n *Similarity) Run(_ context.Context, in *node.Input) (node.Output, error) {
	first, err := n.First.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	second, err := n.Second.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	a, b := utf8.RuneCountInString(first), utf8.RuneCountInString(second)
	if max(a, b) > maxCompared {
		return node.Output{}, tracardi.Errorf(tracardi.TooLarge, "texts of up to %d characters can be compared, these have %d and %d", maxCompared, a, b)
	}
	distance, most := n.distance(first, second, a, b)
	ratio := 1.0
	if most > 0 {
		ratio = 1 - distance/most
	}
	return node.To("payload", map[string]any{"similarity": rounded(distance), "ratio": rounded(ratio)}), nil
}

// distance of two texts of a and b characters, and the greatest that such texts can have.
func (n *Similarity) distance(first, second string, a, b int) (distance, most float64) {
	longer := float64(max(a, b))
	switch n.Algorithm {
	case "damerau":
		return float64(edlib.DamerauLevenshteinDistance(first, second)), longer
	case "optimal_string_alignment":
		return float64(edlib.OSADamerauLevenshteinDistance(first, second)), longer
	case "longest_common_subsequence":
		return float64(edlib.LCSEditDistance(first, second)), float64(a + b)
	case "jaro_winkler":
		if first == second {
			return 0, 1
		}
		return 1 - float64(edlib.JaroWinklerSimilarity(first, second)), 1
	case "normalized_levenshtein":
		return float64(edlib.LevenshteinDistance(first, second)) / max(longer, 1), 1
	}
	return float64(edlib.LevenshteinDistance(first, second)), longer
}

// rounded leaves six decimals.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
