package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go/internal/workspace"
)

// BenchmarkFlow compares events with and without a flow of ten nodes.
func BenchmarkFlow(b *testing.B) {
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprint(with), func(b *testing.B) {
			r := newFlowRoad(b)
			if with {
				drawing := "s control.start\n"
				last := "s.payload"
				for i := range 3 {
					drawing += fmt.Sprintf("i%d control.if {\"condition\": \"event@properties.n = 1\"}\np%d try.put {\"name\": \"x\", \"value\": \"profile@id\"}\nc%d try.change {\"set\": {\"profile@traits.c%d\": \"event@properties.n\"}}\n", i, i, i, i)
					drawing += fmt.Sprintf("%s -> i%d\ni%d.true -> p%d\np%d.payload -> c%d\n", last, i, i, i, i, i)
					last = fmt.Sprintf("c%d.payload", i)
				}
				r.publish(b, "f", drawing)
				r.on(b, workspace.Trigger{Name: "t", Flow: "f", EventType: "page-view"})
			}
			ids := make([]string, 512)
			for i := range ids {
				ids[i] = uuid.NewString()
				r.send(b, event(ids[i], "page-view", `{"n":1}`))
			}
			b.SetParallelism(128)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for n := 0; pb.Next(); n++ {
					r.send(b, event(ids[n%512], "page-view", `{"n":1}`))
				}
			})
		})
	}
}
