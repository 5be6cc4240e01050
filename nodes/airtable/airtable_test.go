package airtable_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/airtable"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"add-record": {
		{
			Request: "POST https://api.airtable.com/v0/app1/People",
			Header:  map[string]string{"Authorization": "Bearer pat1"},
			Body:    `{"fields": {"Name": "Ann"}, "typecast": true}`,
			Answer:  `{"id": "rec1"}`,
		},
		{
			Request: "POST https://api.airtable.com/v0/app1/No%20body",
			Body:    `{"fields": {}, "typecast": true}`,
			Status:  404,
			Answer:  `{"error": "NOT_FOUND"}`,
		},
	},
	"fetch-records": {
		{
			Request: "GET https://api.airtable.com/v0/app1/People?filterByFormula=%7BName%7D+%3D+%27O%5C%27Neil%27",
			Header:  map[string]string{"Authorization": "Bearer pat1"},
			Answer:  `{"records": []}`,
		},
		{Request: "GET https://api.airtable.com/v0/app1/No%20body", Status: 404, Answer: `{"error": "NOT_FOUND"}`},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "airtable", map[string]any{"airtable": map[string]any{"api_key": "pat1"}}, calls)
}
