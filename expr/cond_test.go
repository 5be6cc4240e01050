package expr_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/expr"
)

// clock is the time of all tests.
var clock = time.Date(2024, time.May, 17, 10, 30, 0, 0, time.UTC)

// TestConditions runs testdata/*.cond. A line "data" sets the documents by source; "true" and "false" say what a
// condition gives on them; with "!" there must also be a problem, which the line "because" after it quotes.
func TestConditions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.cond")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runConditions(t, file) })
	}
}

func runConditions(t *testing.T, file string) {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var sources expr.Sources
	var objects expr.Objects
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		verb, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		switch verb {
		case "", "#", "because":
		case "data":
			sources, objects = readSources(t, rest)
		case "true", "false", "true!", "false!":
			because := ""
			if strings.HasSuffix(verb, "!") {
				because = strings.TrimPrefix(lines[i+1], "because ")
			}
			checkCondition(t, file, i+1, rest, verb[0] == 't', because, sources, objects)
		default:
			t.Fatalf("%s:%d: unknown word %q", file, i+1, verb)
		}
	}
}

func readSources(t *testing.T, text string) (expr.Sources, expr.Objects) {
	t.Helper()
	var raw map[string]json.RawMessage
	var objects expr.Objects
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &objects); err != nil {
		t.Fatal(err)
	}
	sources := expr.Sources{}
	for name, doc := range raw {
		sources[name] = doc
	}
	return sources, objects
}

// checkCondition evaluates a condition in every way there is.
func checkCondition(t *testing.T, file string, line int, text string, want bool, because string, data ...expr.Data) {
	t.Helper()
	c, err := expr.Parse(text)
	if err != nil {
		t.Errorf("%s:%d: %s: %v", file, line, text, err)
		return
	}
	again, err := expr.Parse(c.String())
	if err != nil || again.String() != c.String() {
		t.Errorf("%s:%d: %s is written %s, which is read as %v, %v", file, line, text, c, again, err)
		return
	}
	for _, d := range data {
		for _, c := range []*expr.Condition{c, again, c.At(clock)} {
			got, problem := c.EvalAt(clock, d)
			if got != want {
				t.Errorf("%s:%d: %s on %T: got %v, want %v (%v)", file, line, c, d, got, want, problem)
			}
			switch {
			case (problem != nil) != (because != ""):
				t.Errorf("%s:%d: %s on %T: problem %v, want %q", file, line, c, d, problem, because)
			case problem != nil && !strings.Contains(problem.Error(), because):
				t.Errorf("%s:%d: %s on %T: problem %v does not say %q", file, line, c, d, problem, because)
			}
		}
	}
}
