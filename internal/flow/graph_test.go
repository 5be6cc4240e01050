package flow_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/flow/flowtest"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/control"
	_ "github.com/tracardi/tracardi-go/nodes/data"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGraphs runs the drawings in testdata/graphs and compares what the nodes did.
func TestGraphs(t *testing.T) {
	files, err := filepath.Glob("testdata/graphs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no drawings: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := sections(string(text))
			got := play(t, parts)
			if *update {
				before, _, _ := strings.Cut(string(text), "-- trace --\n")
				if err := os.WriteFile(file, []byte(before+"-- trace --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(parts["trace"], got); diff != "" {
				t.Errorf("trace (-want +got):\n%s", diff)
			}
		})
	}
}

var sectionMark = regexp.MustCompile(`(?m)^-- (\w+) --\n`)

func sections(text string) map[string]string {
	parts := map[string]string{}
	marks := sectionMark.FindAllStringSubmatchIndex(text, -1)
	for i, mark := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		parts[text[mark[2]:mark[3]]] = text[mark[1]:end]
	}
	return parts
}

func compile(t testing.TB, drawing string) *flow.Flow {
	t.Helper()
	f, problems := flow.Compile("f1", "Test", 1, flowtest.Draw(t, drawing))
	if f == nil {
		t.Fatalf("cannot run: %v", problems)
	}
	return f
}

// play runs a drawing until nothing is left to wait for, through its stored state at each pause, and writes what happened.
func play(t *testing.T, parts map[string]string) string {
	t.Helper()
	f := compile(t, parts["drawing"])
	host := nodetest.NewFlow()
	host.Over(t, "profile", strings.TrimSpace(parts["profile"]))
	host.Over(t, "event", strings.TrimSpace(parts["event"]))
	a := &flow.Around{Host: host}
	if parts["test"] != "" {
		a.Test = &flow.Test{}
	}
	run := f.Begin("r1", host.Now())
	run.Start(t.Context(), a)
	seen := 0
	var out strings.Builder
	for {
		for ; seen < len(run.Trace); seen++ {
			out.WriteString(line(&run.Trace[seen]))
		}
		if run.Done() {
			break
		}
		run = stored(t, f, run)
		next := slices.MinFunc(run.Pauses, func(a, b flow.Pause) int { return a.Until.Compare(b.Until) })
		var event map[string]any
		if next.EventType != "" && strings.Contains(parts["happens"], next.EventType) {
			event = map[string]any{"type": next.EventType}
		} else if next.Until.After(host.Time) {
			fmt.Fprintf(&out, "after %v\n", next.Until.Sub(host.Time))
			host.Time = next.Until
		}
		if next.Act {
			for again := run.Act(t.Context(), a, next.ID); again > 0; again = run.Act(t.Context(), a, next.ID) {
				fmt.Fprintf(&out, "again in %v\n", again)
				run = stored(t, f, run)
			}
			run = stored(t, f, run)
		}
		if !run.Resume(t.Context(), a, next.ID, event) {
			t.Fatal("did not stand where it stood")
		}
	}
	if run.Failed > 0 {
		fmt.Fprintf(&out, "failed %d: %s at %s\n", run.Failed, run.Failure, run.Broken)
	}
	return out.String()
}

func stored(t *testing.T, f *flow.Flow, run *flow.Run) *flow.Run {
	t.Helper()
	state, err := run.State()
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Restore("r1", run.Began, state)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func line(v *flow.Visit) string {
	var b strings.Builder
	b.WriteString(v.Node)
	if v.Port != "" {
		b.WriteString("." + v.Port)
	}
	b.WriteString(" " + text(v.Input))
	for _, result := range v.Results {
		b.WriteString(" -> " + result.Port + " " + text(result.Payload))
	}
	if v.Note != "" {
		b.WriteString(" (" + v.Note + ")")
	}
	if v.Error != "" {
		b.WriteString(" ERROR " + v.Error)
	}
	return b.String() + "\n"
}

func text(payload map[string]any) string {
	out, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func TestCheckFindsAllProblems(t *testing.T) {
	problems := flow.Check(flowtest.Draw(t, `
		begin try.start
		s try.start
		a try.none
		b control.if {"condition": "profile@"}
		c try.put {"nme": "x"}
		d try.pass {} !{"run_once": {}, "on_error": "explode", "join": {"reshape": {"a": "payload@["}}}
		alone try.pass
		s.payload -> a
		s.payload -> b
		b.maybe -> c
		b.true -> s
		c.payload -> d.side`))
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	for _, want := range []string{
		`node "a": type: there is no kind of node "try.none"`, `node "b": config.condition: `, `node "c": config.nme: there is no such setting`,
		`node "c": config.name: is required`, `node "d": switches.run_once: needs a value`, `node "d": switches.on_error: `, `node "d": switches.join.reshape: `,
		`node "b": port: the node has no output port "maybe"; it has true, false, error`, `node "s": to_port: nothing can lead to this node`,
		`node "d": to_port: the node has no input port "side"; it has payload`, `is part of a cycle`, `node "alone": nothing leads to this node`,
	} {
		if !slices.ContainsFunc(got, func(text string) bool { return strings.HasPrefix(text, want) || strings.Contains(text, want) }) {
			t.Errorf("no problem begins with %s\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestCheckTellsWhatIsBroken(t *testing.T) {
	for _, c := range []struct {
		name, drawing, want string
		broken, faulty      bool
	}{
		{"cycle", "s try.start\na try.pass\nb try.pass\ns.payload -> a\na.payload -> b\nb.payload -> a", `node "a": is part of a cycle: `, true, true},
		{"itself", "s try.start\na try.pass\na.payload -> a", "is part of a cycle: a → a", true, true},
		{"doubled id", "s try.start\ns try.start", "each node has an id of its own", true, true},
		{"nowhere", "s try.start\ns.payload -> x", `edge "e1": it leads to the node "x", which is not there`, true, true},
		{"no beginning", "a try.pass", "the flow has no beginning", false, true},
		{"unreachable", "s try.start\na try.pass", `node "a": nothing leads to this node`, false, false},
		{"same names", "s try.start\na try.pass\nj try.join\ns.payload -> a\ns.payload -> j x\na.payload -> j x", `two edges called "x" join here`, false, true},
	} {
		problems := flow.Check(flowtest.Draw(t, c.drawing))
		found := slices.ContainsFunc(problems, func(p flow.Mistake) bool { return strings.Contains(p.Error(), c.want) })
		if broken, faulty := len(flow.Broken(problems)) > 0, len(flow.Faults(problems)) > 0; !found || broken != c.broken || faulty != c.faulty {
			t.Errorf("%s: %v, broken %v, faulty %v", c.name, problems, broken, faulty)
		}
	}
}

func TestNodesKnowTheEdge(t *testing.T) {
	f := compile(t, "a try.start\nb data.collect {\"name\": \"all\", \"type\": \"dict\"}\na.payload -> b named")
	run := f.Begin("r1", nodetest.Now)
	run.Start(t.Context(), &flow.Around{Host: nodetest.NewFlow()})
	if run.Failed > 0 {
		t.Error(run.Failure)
	}
}

func TestRunOnceByCondition(t *testing.T) {
	f := compile(t, "s try.start\na try.pass {} !{\"run_once\": {\"condition\": \"profile@traits.n > 1\", \"ttl\": 60}}\ns.payload -> a")
	host := nodetest.NewFlow()
	ran := func(n int) bool {
		host.Over(t, "profile", fmt.Sprintf(`{"traits": {"n": %d}}`, n))
		run := f.Begin("r", host.Now())
		run.Start(t.Context(), &flow.Around{Host: host})
		return run.Trace[1].Note != flow.NoteUnchanged
	}
	got := []bool{ran(1), ran(1), ran(2), ran(3), ran(1)}
	host.Time = host.Time.Add(time.Minute)
	got = append(got, ran(1))
	if diff := cmp.Diff([]bool{true, false, true, false, true, true}, got); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
}

func TestRunOnceByValue(t *testing.T) {
	f := compile(t, "s try.start\na try.pass {} !{\"run_once\": {\"value\": \"event@properties.cart\", \"ttl\": 60}}\nb try.pass\ns.payload -> a\na.payload -> b")
	host := nodetest.NewFlow()
	ran := func(cart string, after time.Duration) bool {
		host.Time = host.Time.Add(after)
		host.Over(t, "event", fmt.Sprintf(`{"properties": {"cart": %q}}`, cart))
		run := f.Begin("r", host.Now())
		run.Start(t.Context(), &flow.Around{Host: host})
		if went := len(run.Trace) == 3; went == (run.Trace[1].Note == flow.NoteUnchanged) {
			t.Errorf("the node is noted as %q, and %d nodes were visited", run.Trace[1].Note, len(run.Trace))
		}
		return run.Trace[1].Note != flow.NoteUnchanged
	}
	got := []bool{ran("a", 0), ran("a", 59*time.Second), ran("b", 0), ran("b", 59*time.Second), ran("b", time.Second)}
	if diff := cmp.Diff([]bool{true, false, true, false, true}, got); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
}

func TestMemoRepeatsNoEffect(t *testing.T) {
	f := compile(t, "s try.start\na try.act\nb try.act\ns.payload -> a\na.payload -> b")
	host, memo := nodetest.NewFlow(), &flow.Memo{}
	for range 3 {
		run := f.Begin("r", host.Now())
		run.Start(t.Context(), &flow.Around{Host: host, Memo: memo})
		if got := text(run.Trace[2].Results[0].Payload); got != `{"acts":2}` {
			t.Errorf("the second effect gave %s", got)
		}
	}
	if got := host.Shared["acts"].Value; got != "2" {
		t.Errorf("%s effects, want 2", got)
	}
}

func TestTimeout(t *testing.T) {
	f := compile(t, "s try.start\na try.hang {} !{\"timeout\": 0.01}\nb try.pass\ns.payload -> a\na.error -> b")
	run := f.Begin("r", monday)
	run.Start(t.Context(), &flow.Around{Host: nodetest.NewFlow()})
	if run.Failure != "took longer than 10ms" || len(run.Trace) != 3 {
		t.Errorf("failure %q, trace %v", run.Failure, run.Trace)
	}
}

func TestPins(t *testing.T) {
	f := compile(t, "s try.start\na try.act\nb control.if {\"condition\": \"payload@n > 1\"}\nc try.pass\ns.payload -> a\na.payload -> b\nb.true -> c")
	run := f.Begin("r", monday)
	run.Start(t.Context(), &flow.Around{Host: nodetest.NewFlow(), Test: &flow.Test{
		From: "b", Port: "payload", With: map[string]any{"n": 2.0}, Pins: map[string]node.Output{"c": node.To("payload", map[string]any{"pinned": true})},
	}})
	var got strings.Builder
	for i := range run.Trace {
		got.WriteString(line(&run.Trace[i]))
	}
	want := "b.payload {\"n\":2} -> true {\"n\":2}\nc.payload {\"n\":2} -> payload {\"pinned\":true} (pinned)\n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPayloadsMultiplyWithinLimits(t *testing.T) {
	drawing := "n0 try.start\n"
	for i := range 12 {
		drawing += fmt.Sprintf("n%d try.twice\nn%d.payload -> n%d\n", i+1, i, i+1)
	}
	run := compile(t, drawing).Begin("r", monday)
	run.Start(t.Context(), &flow.Around{Host: nodetest.NewFlow()})
	if !run.Stopped || !strings.Contains(run.Failure, "more than 1000 nodes") {
		t.Errorf("%d visits, failure %q", len(run.Trace), run.Failure)
	}
}

func BenchmarkTrivialNode(b *testing.B) {
	const nodes = 10
	drawing := "n0 try.start\n"
	for i := range nodes {
		drawing += fmt.Sprintf("n%d try.pass\nn%d.payload -> n%d\n", i+1, i, i+1)
	}
	f, host := compile(b, drawing), nodetest.NewFlow()
	b.ReportAllocs()
	for b.Loop() {
		run := f.Begin("r", monday)
		run.Start(b.Context(), &flow.Around{Host: host})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(nodes+1), "ns/node")
}

var monday = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)
