package segment

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "rank-interests", Name: "Group and Rank Interests", Icon: "list-numbers",
		New:     func() node.Node { return &RankInterests{Interests: node.ValueOf("profile@interests")} },
		Out:     []node.Port{{Name: "result", Doc: "The segments, the best first."}},
		Aliases: []string{"tracardi.process_engine.action.v1.group_and_rank_interests_action.GroupAndRankInterestsAction"},
		Import:  node.FromJSONText("segment_mapping"),
		Examples: []node.Example{
			{
				Name: "the best two of three", Config: `{"segment_mapping": {"sporty": ["football", "tennis"], "artsy": ["music"], "bookish": ["novels"]}, "segments_to_apply": "2"}`,
				Profile: `{"interests": {"Football": 1, "tennis": 2, "music": 5, "cooking": 9}}`, Port: "result",
				Result: `{"ranked_segments": ["artsy", "sporty", "bookish"]}`, After: map[string]string{"profile@segments": `["artsy", "sporty"]`},
			},
			{
				Name: "one without any interest is not added", Config: `{"segment_mapping": "payload@table", "segments_to_apply": 2}`,
				Payload: `{"table": "{\"sporty\": [\"football\"], \"artsy\": [\"music\"]}"}`, Profile: `{"interests": {"football": 1}}`,
				Port: "result", Result: `{"ranked_segments": ["sporty", "artsy"]}`, After: map[string]string{"profile@segments": `["sporty"]`},
			},
			{Name: "no table", Config: `{"segment_mapping": "payload@table", "segments_to_apply": 1}`, Payload: `{"table": 5}`, Profile: `{"interests": {"a": 1}}`, Error: "segment_mapping"},
			{Name: "no interests", Config: `{"segment_mapping": {"a": ["b"]}, "segments_to_apply": 1}`, Error: "profile@interests is missing"},
			{Name: "nobody", Config: `{"segment_mapping": {"a": ["b"]}, "segments_to_apply": 1, "interests": {"b": 1}}`, Profile: "null", Error: "no profile"},
		},
	})
}

// RankInterests finds the segments that fit the interests of a person best, and puts the person into the first of them.
//
// A table says which interests belong to which segment. The score of a segment is the sum of the weights of its interests;
// segments without any are ranked last and never added.
type RankInterests struct {
	Interests node.Value `json:"interests" title:"Interests" help:"An object of weights, such as profile@interests." required:"true"`
	Mapping   node.Value `json:"segment_mapping" title:"Table" help:"Segments with lists of interests, such as {\"sporty\": [\"football\"]}." required:"true" widget:"json"`
	Apply     node.Value `json:"segments_to_apply" title:"How many" help:"So many of the best segments are added; a number, or the place of one." required:"true"`
}

// Run implements node.Node.
func (n *RankInterests) Run(_ context.Context, in *node.Input) (node.Output, error) {
	found, err := n.Interests.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	weights, ok := found.(map[string]any)
	if !ok {
		return node.Output{}, tracardi.InvalidField("interests", "is no object of numbers")
	}
	table, err := n.table(in)
	if err != nil {
		return node.Output{}, err
	}
	apply, err := number(in, "segments_to_apply", n.Apply)
	if err != nil {
		return node.Output{}, err
	}
	scores := map[string]float64{}
	for interest, weight := range weights {
		number, _ := weight.(float64)
		for segment, keywords := range table {
			if list, _ := keywords.([]any); slices.ContainsFunc(list, func(keyword any) bool {
				word, _ := keyword.(string)
				return strings.EqualFold(word, interest)
			}) {
				scores[segment] += number
			}
		}
	}
	ranked := slices.Sorted(maps.Keys(table))
	slices.SortStableFunc(ranked, func(a, b string) int {
		if scores[a] > scores[b] {
			return -1
		}
		if scores[a] < scores[b] {
			return 1
		}
		return 0
	})
	var best []string
	listed := []any{}
	for _, segment := range ranked {
		if listed = append(listed, segment); scores[segment] > 0 && float64(len(best)) < apply {
			best = append(best, segment)
		}
	}
	return node.To("result", map[string]any{"ranked_segments": listed}), change(in, best, nil)
}

// table reads the table, which may also stand in the data as JSON.
func (n *RankInterests) table(in *node.Input) (map[string]any, error) {
	value, err := n.Mapping.Resolve(in)
	if err != nil {
		return nil, err
	}
	if text, ok := value.(string); ok {
		written := tracardi.RawObject(text)
		value = written.Map()
	}
	table, ok := value.(map[string]any)
	if !ok || len(table) == 0 {
		return nil, tracardi.InvalidField("segment_mapping", "is no object of segments with lists of interests")
	}
	return table, nil
}
