package database_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
	"github.com/tracardi/tracardi-go/storage/storagetest"

	_ "github.com/tracardi/tracardi-go/nodes/database"
)

const (
	influx  = "https://influx.example.com:8086/api/v2/"
	records = "#datatype,string,long,double,dateTime:RFC3339,string,boolean\r\n,result,table,_value,_time,color,new\r\n" +
		",_result,0,12.5,2026-03-02T10:00:00Z,red,true\r\n\r\n"
)

// calls are what the documentation of the systems asks for.
var calls = map[string][]nodetest.Call{
	"influxdb-write": {
		{
			Request: "POST " + influx + "write?org=shop&bucket=sales&precision=us",
			Header:  map[string]string{"Authorization": "Token tok", "Content-Type": "text/plain; charset=utf-8"},
			Body:    `sale\ of\,\ shoes,color=light\ red\=\, new=true,note="say \"hi\" \\",price=12.5 1772323200000000`,
			Status:  204,
		},
		{
			Request: "POST " + influx + "write?org=shop&bucket=nobody&precision=us", Body: "sale n=1 1772447399000000",
			Status: 404, Answer: `{"code": "not found"}`,
		},
	},
	"influxdb-read": {
		{
			Request: "POST " + influx + "query?org=shop",
			Header:  map[string]string{"Authorization": "Token tok", "Content-Type": "application/json", "Accept": "application/csv"},
			Body: `{"query": "from(bucket: \"sales\") |> range(start: -1h, stop: 0m) |> filter(fn: (r) => r[\"_measurement\"] == \"sale\") |> filter(fn: (r) => r[\"color\"] == \"re\\\"d \\${x}\") |> sum() |> limit(n: 1000)",
				"type": "flux", "dialect": {"annotations": ["datatype"], "header": true}}`,
			Answer: records,
		},
		{
			Request: "POST " + influx + "query?org=shop",
			Body: `{"query": "from(bucket: \"nobody\") |> range(start: 2026-03-01T00:00:00Z, stop: 2026-03-02T00:00:00Z) |> limit(n: 1000)",
				"type": "flux", "dialect": {"annotations": ["datatype"], "header": true}}`,
			Status: 404, Answer: `{"code": "not found"}`,
		},
	},
	"elasticsearch": {
		{
			Request: "POST https://elastic.example.com:9200/shoes/_search",
			Header:  map[string]string{"Authorization": "Basic bWU6cHc=", "Content-Type": "application/json"},
			Body:    `{"query": {"term": {"color": "red"}}}`, Answer: `{"hits": {"total": {"value": 1}}}`,
		},
		{Request: "POST https://elastic.example.com:9200/nobody/_search", Body: `{"query": {"match_all": {}}}`, Status: 404, Answer: `{"status": 404}`},
	},
}

func TestNodes(t *testing.T) {
	nodetest.Group(t, "database", func(t *testing.T, typ *node.Type, f *nodetest.Flow) {
		f.Resources["influx"] = map[string]any{"url": "https://influx.example.com:8086/", "token": "tok"}
		f.Resources["elastic"] = map[string]any{"url": "elastic.example.com", "username": "me", "password": "pw"}
		switch typ.ID {
		case "mysql":
			f.Resources["mysql"] = server(t, "TRACARDI_TEST_MYSQL_URL", "information_schema")
		case "postgresql":
			f.Resources["postgres"] = server(t, "TRACARDI_TEST_POSTGRES_URL", "postgres")
		default:
			f.Expect(t, calls[typ.ID]...)
		}
	})
}

// server is the resource of a real server.
func server(t *testing.T, variable, database string) map[string]any {
	t.Helper()
	address, err := url.Parse(storagetest.Server(t, variable))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := address.User.Password()
	return map[string]any{"host": address.Hostname(), "port": port, "user": address.User.Username(), "password": password, "database": database}
}
