package sendgrid_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/sendgrid"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"add-contact": {
		{
			Request: "PUT https://api.sendgrid.com/v3/marketing/contacts",
			Header:  map[string]string{"Authorization": "Bearer SG.1", "Content-Type": "application/json"},
			Body:    `{"contacts": [{"email": "Ann@example.com", "first_name": "Ann"}], "list_ids": ["l1", "l2"]}`,
			Status:  202,
			Answer:  `{"job_id": "j1"}`,
		},
		{
			Request: "PUT https://api.sendgrid.com/v3/marketing/contacts",
			Body:    `{"contacts": [{"email": "nobody"}]}`,
			Status:  400,
			Answer:  `{"errors": []}`,
		},
	},
	"suppress": {
		{
			Request: "POST https://api.sendgrid.com/v3/asm/suppressions/global",
			Header:  map[string]string{"Authorization": "Bearer SG.1", "Content-Type": "application/json"},
			Body:    `{"recipient_emails": ["Ann@example.com"]}`,
			Status:  201,
			Answer:  `{"recipient_emails": ["Ann@example.com"]}`,
		},
		{Request: "POST https://api.sendgrid.com/v3/asm/suppressions/global", Body: `{"recipient_emails": ["nobody"]}`, Status: 400},
	},
	"send": {
		{
			Request: "POST https://api.sendgrid.com/v3/mail/send",
			Header:  map[string]string{"Authorization": "Bearer SG.1", "Content-Type": "application/json"},
			Body: `{"personalizations": [{"to": [{"email": "Ann@example.com"}]}], "from": {"email": "shop@example.com"},
				"subject": "Hi Ann", "content": [{"type": "text/html", "value": "<p>Hi &lt;Ann&gt;</p>"}]}`,
			Status: 202,
		},
		{
			Request: "POST https://api.sendgrid.com/v3/mail/send",
			Body: `{"personalizations": [{"to": [{"email": "a@example.com"}]}, {"to": [{"email": "b@example.com"}]}],
				"from": {"email": "shop@example.com"}, "subject": "Hi", "content": [{"type": "text/html", "value": "Hi"}]}`,
			Status: 403,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "sendgrid", map[string]any{"sendgrid": map[string]any{"token": "SG.1"}}, calls)
}
