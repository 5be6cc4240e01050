package flow

import (
	"encoding/json"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Limits of what a trace keeps.
const (
	maxShown = 4 << 10  // bytes of one payload
	maxTrace = 64 << 10 // bytes of the whole
)

// Shown is a result as a trace shows it.
type Shown struct {
	Port    string         `json:"port"`
	Payload map[string]any `json:"payload"`
}

// shownVisit is the stored form of a visit.
type shownVisit struct {
	Visit
	Results []Shown `json:"results,omitempty"`
}

// AppendTrace appends the trace as JSON: a list of visits. Large payloads and long traces are cut.
func (r *Run) AppendTrace(dst []byte) []byte {
	begin := len(dst)
	dst = append(dst, '[')
	for i := range r.Trace {
		if len(dst)-begin > maxTrace {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = r.Trace[i].appendJSON(dst)
	}
	return append(dst, ']')
}

func (v *Visit) appendJSON(dst []byte) []byte {
	text := func(name, value string) {
		if value != "" {
			dst = append(dst, name...)
			dst = tracardi.AppendText(dst, value)
		}
	}
	text(`{"node":`, v.Node)
	text(`,"port":`, v.Port)
	dst = append(dst, `,"input":`...)
	dst = appendShown(dst, v.Input)
	if len(v.Results) > 0 {
		dst = append(dst, `,"results":[`...)
		for i, result := range v.Results {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `{"port":`...)
			dst = tracardi.AppendText(dst, result.Port)
			dst = append(dst, `,"payload":`...)
			dst = append(appendShown(dst, result.Payload), '}')
		}
		dst = append(dst, ']')
	}
	dst = append(dst, `,"at":`...)
	dst = tracardi.AppendTime(dst, v.At)
	dst = append(dst, `,"seconds":`...)
	dst = tracardi.AppendValue(dst, v.Seconds)
	text(`,"error":`, v.Error)
	text(`,"note":`, v.Note)
	return append(dst, '}')
}

// appendShown appends a payload, or what can be shown of a large one.
func appendShown(dst []byte, payload map[string]any) []byte {
	begin := len(dst)
	if payload == nil {
		return append(dst, "{}"...)
	}
	dst = tracardi.AppendValue(dst, payload)
	if size := len(dst) - begin; size > maxShown {
		beginning := string(dst[begin : begin+maxShown])
		dst = append(dst[:begin], `{"too large to show":`...)
		dst = append(tracardi.AppendText(dst, beginning), '}')
	}
	return dst
}

// readTrace reads what AppendTrace wrote.
func (r *Run) readTrace(text []byte) error {
	var visits []shownVisit
	if err := json.Unmarshal(text, &visits); err != nil {
		return err
	}
	for _, v := range visits {
		for _, result := range v.Results {
			v.Visit.Results = append(v.Visit.Results, node.Result{Port: result.Port, Payload: result.Payload})
		}
		v.step = r.Flow.index[v.Node]
		r.Trace = append(r.Trace, v.Visit)
	}
	return nil
}
