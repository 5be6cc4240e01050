package elasticemail_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/elasticemail"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"add-contact": {
		{
			Request: "POST https://api.elasticemail.com/v4/contacts",
			Header:  map[string]string{"X-Elasticemail-Apikey": "key", "Content-Type": "application/json"},
			Body:    `[{"Email": "Ann@example.com", "FirstName": "Ann", "CustomFields": {"colors": "red|2"}}]`,
			Status:  201,
			Answer:  `[{"Email": "Ann@example.com", "Status": "Active"}]`,
		},
		{
			Request: "POST https://api.elasticemail.com/v4/contacts",
			Body:    `[{"Email": "nobody"}]`,
			Status:  400,
			Answer:  `{"Error": "Invalid"}`,
		},
	},
	"change-status": {
		{
			Request: "POST https://api.elasticemail.com/v4/contacts",
			Header:  map[string]string{"X-Elasticemail-Apikey": "key", "Content-Type": "application/json"},
			Body:    `[{"Email": "Ann@example.com", "Status": "Unsubscribed"}]`,
			Status:  201,
			Answer:  `[{"Email": "Ann@example.com", "Status": "Unsubscribed"}]`,
		},
		{
			Request: "POST https://api.elasticemail.com/v4/contacts",
			Body:    `[{"Email": "a@example.com", "Status": "Happy"}]`,
			Status:  400,
		},
	},
	"send": {
		{
			Request: "POST https://api.elasticemail.com/v4/emails/transactional",
			Header:  map[string]string{"X-Elasticemail-Apikey": "key", "Content-Type": "application/json"},
			Body: `{"Recipients": {"To": ["Ann@example.com"]}, "Content": {"From": "shop@example.com", "Subject": "Hi Ann",
				"Body": [{"ContentType": "HTML", "Content": "<p>Hi</p>", "Charset": "utf-8"}]}}`,
			Answer: `{"TransactionID": "t1"}`,
		},
		{
			Request: "POST https://api.elasticemail.com/v4/emails/transactional",
			Body: `{"Recipients": {"To": ["a@example.com"]}, "Content": {"From": "x@example.com", "Subject": "Hi",
				"Body": [{"ContentType": "HTML", "Content": "Hi", "Charset": "utf-8"}]}}`,
			Status: 401,
		},
	},
	"send-bulk": {
		{
			Request: "POST https://api.elasticemail.com/v4/emails",
			Header:  map[string]string{"X-Elasticemail-Apikey": "key", "Content-Type": "application/json"},
			Body: `{"Recipients": [{"Email": "Ann@example.com"}], "Content": {"From": "shop@example.com", "Subject": "Hi Ann",
				"Body": [{"ContentType": "HTML", "Content": "<p>Hi</p>", "Charset": "utf-8"}]}}`,
			Answer: `{"TransactionID": "t1"}`,
		},
		{
			Request: "POST https://api.elasticemail.com/v4/emails",
			Body: `{"Recipients": [{"Email": "a@example.com"}], "Content": {"From": "x@example.com", "Subject": "Hi",
				"Body": [{"ContentType": "HTML", "Content": "Hi", "Charset": "utf-8"}]}}`,
			Status: 401,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "elasticemail", map[string]any{"elastic": map[string]any{"api_key": "key"}}, calls)
}
