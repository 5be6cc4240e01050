package activecampaign_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/activecampaign"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"add-contact": {
		{
			Request: "POST https://shop.api-us1.com/api/3/contact/sync",
			Header:  map[string]string{"Api-Token": "key", "Content-Type": "application/json"},
			Body:    `{"contact": {"email": "Ann@example.com", "fieldValues": [{"field": "5", "value": "page-view"}]}}`,
			Answer:  `{"contact": {"id": "7"}}`,
		},
		{Request: "POST https://shop.api-us1.com/api/3/contact/sync", Body: `{"contact": {"email": "nobody"}}`, Status: 422},
	},
	"fetch-contact": {
		{
			Request: "GET https://shop.api-us1.com/api/3/contacts?email=Ann%40example.com",
			Header:  map[string]string{"Api-Token": "key"},
			Answer:  `{"contacts": [{"id": "7"}]}`,
		},
		{Request: "GET https://shop.api-us1.com/api/3/contacts?email=b%40example.com", Answer: `{"contacts": []}`},
		{Request: "GET https://shop.api-us1.com/api/3/contacts?email=c%40example.com", Status: 403},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "activecampaign", map[string]any{"active": map[string]any{"api_url": "https://shop.api-us1.com/", "api_key": "key"}}, calls)
}
