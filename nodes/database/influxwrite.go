package database

import (
	"context"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "influxdb", Name: "InfluxDB", Icon: "timeline", Doc: "A server of InfluxDB 2, or InfluxDB Cloud.",
		New: func() any { return &InfluxServer{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "influxdb-write", Name: "Write to InfluxDB", Icon: "timeline-event-plus",
		New:  func() node.Node { return &InfluxWrite{} },
		Out:  []node.Port{{Name: "success", Doc: "InfluxDB has the point."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.influxdb.send.plugin.InfluxSender"},
		Examples: []node.Example{
			{
				Name: "a sale",
				Config: `{"source": "influx", "organization": "shop", "bucket": "sales", "measurement": "sale of, shoes", "time": "event@properties.time",
					"fields": {"price": "event@properties.price", "note": "event@properties.note", "new": true}, "tags": {"color": "event@properties.color", "size": "payload@gone"}}`,
				Event:   `{"properties": {"price": 12.5, "note": "say \"hi\" \\", "color": "light red=,", "time": "2026-03-01T00:00:00Z"}}`,
				Payload: `{"gone": null}`, Port: "success",
			},
			{
				Name: "a refusal", Config: `{"source": "influx", "organization": "shop", "bucket": "nobody", "measurement": "sale", "fields": {"n": 1}}`, Port: "error",
				Result: `{"message": "InfluxDB answered 404 Not Found: {\"code\": \"not found\"}", "status": 404, "content": {"code": "not found"}}`,
			},
			{
				Name:   "nothing to write",
				Config: `{"source": "influx", "organization": "shop", "bucket": "sales", "measurement": "sale", "fields": {"n": "payload@n"}}`, Payload: `{"n": null}`,
				Error: "fields: a point needs a field",
			},
		},
	})
}

// InfluxServer is a resource: a server of InfluxDB 2, or InfluxDB Cloud.
type InfluxServer struct {
	URL   string `json:"url" title:"URL" help:"Such as https://influx.example.com:8086." required:"true"`
	Token string `json:"token" title:"Token" help:"That may read or write the bucket." secret:"true" required:"true"`
}

func (s *InfluxServer) request(path string) call.Request {
	return call.Request{System: "InfluxDB", URL: strings.TrimSuffix(s.URL, "/") + path, Header: map[string]string{"Authorization": "Token " + s.Token}}
}

// InfluxWrite writes a point to a bucket of InfluxDB. The payload goes on at the port success; a refusal goes on at the port error. Fields
// and tags that are null are left out. Without a time it is that of the event, so that a point that is written again is the same.
type InfluxWrite struct {
	Source       node.Reference        `json:"source" title:"InfluxDB" help:"The resource with the token." kind:"resource:influxdb" required:"true"`
	Organization string                `json:"organization" title:"Organization" help:"Its name or id." required:"true"`
	Bucket       string                `json:"bucket" title:"Bucket" help:"Its name or id." required:"true"`
	Measurement  string                `json:"measurement" title:"Measurement" help:"What is measured, such as sale." required:"true"`
	Fields       map[string]node.Value `json:"fields" title:"Fields" help:"Values, such as {\"price\": \"event@properties.price\"}." required:"true"`
	Tags         map[string]node.Value `json:"tags" title:"Tags" help:"What to search by, such as {\"color\": \"event@properties.color\"}."`
	Time         node.Value            `json:"time" title:"Time" help:"A place that holds a date, or a date; empty for the time of the event."`
}

// Run implements node.Node.
func (n *InfluxWrite) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	server := &InfluxServer{}
	if err := in.Resource(ctx, n.Source.ID, server); err != nil {
		return node.Output{}, err
	}
	line, err := n.line(in)
	if err != nil {
		return node.Output{}, err
	}
	r := server.request("/api/v2/write")
	r.Query = url.Values{"org": {n.Organization}, "bucket": {n.Bucket}, "precision": {"us"}}
	r.Body, r.Type = []byte(line), "text/plain; charset=utf-8"
	answer, err := r.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if !answer.OK() {
		return answer.Refuse(answer.Payload()), nil
	}
	return node.To("success", in.Payload), nil
}

// In the line protocol these characters end a name or a text.
var (
	lineName  = strings.NewReplacer(`,`, `\,`, ` `, `\ `, "\n", `\ `)
	lineTag   = strings.NewReplacer(`,`, `\,`, `=`, `\=`, ` `, `\ `, "\n", `\ `)
	lineValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
)

// line is the point in InfluxDB's line protocol.
func (n *InfluxWrite) line(in *node.Input) (string, error) {
	at, err := n.at(in)
	if err != nil {
		return "", err
	}
	head := lineName.Replace(n.Measurement)
	for _, name := range slices.Sorted(maps.Keys(n.Tags)) {
		tag := n.Tags[name]
		text, err := tag.Text(in)
		if err != nil {
			return "", err
		}
		if text != "" {
			head += "," + lineTag.Replace(name) + "=" + lineTag.Replace(text)
		}
	}
	fields := []string{}
	for _, name := range slices.Sorted(maps.Keys(n.Fields)) {
		field := n.Fields[name]
		value, err := field.Resolve(in)
		if err != nil {
			return "", err
		}
		if value != nil {
			fields = append(fields, lineTag.Replace(name)+"="+fieldText(value))
		}
	}
	if len(fields) == 0 {
		return "", tracardi.InvalidField("fields", "a point needs a field that is not null")
	}
	return head + " " + strings.Join(fields, ",") + " " + strconv.FormatInt(at.UnixMicro(), 10), nil
}

func (n *InfluxWrite) at(in *node.Input) (time.Time, error) {
	text, err := n.Time.Text(in)
	if err != nil || text == "" {
		return in.Event().Metadata.Insert, err
	}
	at, err := expr.ParseDate(text, in.Now(), time.UTC)
	if err != nil {
		return at, tracardi.InvalidField("time", "%v", err)
	}
	return at, nil
}

func fieldText(value any) string {
	switch value := value.(type) {
	case bool:
		return strconv.FormatBool(value)
	case float64:
		if !math.IsInf(value, 0) && !math.IsNaN(value) {
			return strconv.FormatFloat(value, 'g', -1, 64)
		}
	case string:
		return `"` + lineValue.Replace(value) + `"`
	}
	return `"` + lineValue.Replace(string(tracardi.AppendValue(nil, value))) + `"`
}
