package database

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "influxdb-read", Name: "Read from InfluxDB", Icon: "timeline-event",
		New:     func() node.Node { return &InfluxRead{Start: node.ValueOf("-15m"), Stop: node.ValueOf("0m")} },
		Out:     []node.Port{{Name: "success", Doc: "The records."}},
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.influxdb.fetch.plugin.InfluxFetcher"},
		Examples: []node.Example{
			{
				Name: "sales of an hour",
				Config: `{"source": "influx", "organization": "shop", "bucket": "sales", 
					"filters": {"_measurement": "sale", "color": "payload@color"}, "aggregation": "sum()", "start": "-1h"}`,
				Payload: `{"color": "re\"d ${x}"}`, Port: "success",
				Result: `{"records": [{"result": "_result", "table": 0, "_value": 12.5, "_time": "2026-03-02T10:00:00Z", "color": "red", "new": true}]}`,
			},
			{
				Name: "a refusal", Config: `{"source": "influx", "organization": "shop", "bucket": "nobody", "start": "2026-03-01", "stop": "2026-03-02"}`, Port: "error",
				Result: `{"message": "InfluxDB answered 404 Not Found: {\"code\": \"not found\"}", "status": 404, "content": {"code": "not found"}}`,
			},
			{
				Name:   "no time",
				Config: `{"source": "influx", "organization": "shop", "bucket": "sales", "start": "0) |> drop("}`,
				Error:  "start: must be a length of time such as -15m, or a date",
			},
		},
	})
}

// InfluxRead reads records of a bucket of InfluxDB by their fields and tags. They go on at the port success, as {"records": [{"_time": "…",
// "_value": 12.5, …}]}, up to a thousand; a refusal goes on at the port error.
type InfluxRead struct {
	Source       node.Reference        `json:"source" title:"InfluxDB" help:"The resource with the token." kind:"resource:influxdb" required:"true"`
	Organization string                `json:"organization" title:"Organization" help:"Its name or id." required:"true"`
	Bucket       string                `json:"bucket" title:"Bucket" help:"Its name." required:"true"`
	Filters      map[string]node.Value `json:"filters" title:"Filters" help:"What records must have, such as {\"_measurement\": \"sale\", \"color\": \"payload@color\"}."`
	Aggregation  string                `json:"aggregation" title:"Aggregation" help:"Further steps in Flux, such as count()."`
	Start        node.Value            `json:"start" title:"From" help:"A length of time back from now such as -15m, a date, or a place." required:"true"`
	Stop         node.Value            `json:"stop" title:"To" help:"As From; 0m is now." required:"true"`
}

// Run implements node.Node.
func (n *InfluxRead) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	server := &InfluxServer{}
	if err := in.Resource(ctx, n.Source.ID, server); err != nil {
		return node.Output{}, err
	}
	query, err := n.flux(in)
	if err != nil {
		return node.Output{}, err
	}
	r := server.request("/api/v2/query")
	r.Query = url.Values{"org": {n.Organization}}
	r.JSON = map[string]any{"query": query, "type": "flux", "dialect": map[string]any{"annotations": []string{"datatype"}, "header": true}}
	r.Header["Accept"] = "application/csv"
	answer, err := r.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	records, err := readRecords(answer.Body)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("success", map[string]any{"records": records}), nil
}

// flux is the query. What comes from the data is a text within it, or a checked time.
func (n *InfluxRead) flux(in *node.Input) (string, error) {
	start, err := fluxTime(in, "start", n.Start)
	if err != nil {
		return "", err
	}
	stop, err := fluxTime(in, "stop", n.Stop)
	if err != nil {
		return "", err
	}
	steps := []string{"from(bucket: " + fluxText(n.Bucket) + ")", "range(start: " + start + ", stop: " + stop + ")"}
	for _, name := range slices.Sorted(maps.Keys(n.Filters)) {
		filter := n.Filters[name]
		value, err := filter.Text(in)
		if err != nil {
			return "", err
		}
		steps = append(steps, "filter(fn: (r) => r["+fluxText(name)+"] == "+fluxText(value)+")")
	}
	if n.Aggregation != "" {
		steps = append(steps, n.Aggregation)
	}
	return strings.Join(append(steps, "limit(n: "+strconv.Itoa(maxRows)+")"), " |> "), nil
}

var fluxMarks = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `${`, `\${`)

func fluxText(text string) string { return `"` + fluxMarks.Replace(text) + `"` }

var fluxLength = regexp.MustCompile(`^-?([0-9]+(ns|us|ms|s|m|h|d|w|mo|y))+$`)

func fluxTime(in *node.Input, setting string, of node.Value) (string, error) {
	text, err := of.Text(in)
	if err != nil {
		return "", err
	}
	if fluxLength.MatchString(text) {
		return text, nil
	}
	date, err := expr.ParseDate(text, in.Now(), time.UTC)
	if err != nil {
		return "", tracardi.InvalidField(setting, "must be a length of time such as -15m, or a date, not %q", text)
	}
	return date.UTC().Format(time.RFC3339Nano), nil
}

// readRecords reads tables in annotated CSV, each of which begins with the types and the names of its columns.
func readRecords(text []byte) ([]any, error) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	records := []any{}
	var types, names []string
	for {
		row, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return records, nil
		case err != nil:
			return nil, tracardi.Errorf(tracardi.Invalid, "the answer of InfluxDB can't be read: %w", err)
		case len(row) > 0 && row[0] == "#datatype":
			types, names = row, nil
			continue
		case names == nil:
			names = row
			continue
		case len(records) == maxRows:
			return nil, tracardi.Errorf(tracardi.TooLarge, "InfluxDB has more than %d such records; filter them", maxRows)
		}
		record := map[string]any{}
		for i, value := range row {
			if i > 0 && i < len(names) && i < len(types) {
				record[names[i]] = typed(types[i], value)
			}
		}
		records = append(records, record)
	}
}

func typed(kind, text string) any {
	switch kind {
	case "double", "long", "unsignedLong":
		if number, err := strconv.ParseFloat(text, 64); err == nil {
			return number
		}
		return nil
	case "boolean":
		return text == "true"
	}
	return text
}
