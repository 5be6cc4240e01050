package mailchimp_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/mailchimp"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"add-to-audience": {
		{
			Request: "POST https://us6.api.mailchimp.com/3.0/lists/l1/members",
			Header:  map[string]string{"Authorization": "Basic a2V5OmFiYy11czY="},
			Body:    `{"email_address": "Ann@example.com", "status": "subscribed", "merge_fields": {"FNAME": "Ann"}}`,
			Answer:  `{"id": "m1"}`,
		},
		{
			Request: "PUT https://us6.api.mailchimp.com/3.0/lists/l1/members/257c57037d384ae37ea27a07e8a01665",
			Header:  map[string]string{"Authorization": "Basic a2V5OmFiYy11czY="},
			Body:    `{"email_address": "Ann@example.com", "status": "unsubscribed", "status_if_new": "unsubscribed", "merge_fields": {}}`,
			Answer:  `{"id": "m2"}`,
		},
		{
			Request: "POST https://us6.api.mailchimp.com/3.0/lists/l2/members",
			Body:    `{"email_address": "a@example.com", "status": "unsubscribed", "merge_fields": {}}`,
			Status:  404,
			Answer:  `{"title": "Resource Not Found"}`,
		},
	},
	"remove-from-audience": {
		{
			Request: "DELETE https://us6.api.mailchimp.com/3.0/lists/l1/members/257c57037d384ae37ea27a07e8a01665",
			Header:  map[string]string{"Authorization": "Basic a2V5OmFiYy11czY="},
			Status:  204,
		},
		{
			Request: "POST https://us6.api.mailchimp.com/3.0/lists/l1/members/257c57037d384ae37ea27a07e8a01665/actions/delete-permanent",
			Header:  map[string]string{"Authorization": "Basic a2V5OmFiYy11czY="},
			Status:  204,
		},
		{
			Request: "DELETE https://us6.api.mailchimp.com/3.0/lists/l2/members/b418773a2c51fb9777a1648346fa7394",
			Status:  404,
			Answer:  `{"title": "Resource Not Found"}`,
		},
	},
	"tag": {
		{
			Request: "POST https://us6.api.mailchimp.com/3.0/lists/l1/members/257c57037d384ae37ea27a07e8a01665/tags",
			Header:  map[string]string{"Authorization": "Basic a2V5OmFiYy11czY="},
			Body:    `{"tags": [{"name": "customer", "status": "active"}, {"name": "page-view", "status": "active"}]}`,
			Status:  204,
		},
		{
			Request: "POST https://us6.api.mailchimp.com/3.0/lists/l2/members/b418773a2c51fb9777a1648346fa7394/tags",
			Body:    `{"tags": [{"name": "a", "status": "active"}]}`,
			Status:  404,
			Answer:  `{"title": "Resource Not Found"}`,
		},
	},
	"send": {
		{
			Request: "POST https://mandrillapp.com/api/1.0/messages/send",
			Header:  map[string]string{"Content-Type": "application/json"},
			Body: `{"key": "abc-us6", "message": {"from_email": "shop@example.com", "to": [{"email": "Ann@example.com", "type": "to"}],
				"subject": "Hi Ann", "html": "<p>Hi &lt;Ann&gt;</p>", "preserve_recipients": false}}`,
			Answer: `[{"email": "Ann@example.com", "status": "sent"}]`,
		},
		{
			Request: "POST https://mandrillapp.com/api/1.0/messages/send",
			Body: `{"key": "abc-us6", "message": {"from_email": "shop@example.com", "to": [{"email": "gone@example.com", "type": "to"}],
				"subject": "Hi", "html": "Hi", "preserve_recipients": false}}`,
			Answer: `[{"status": "rejected", "reject_reason": "hard-bounce"}]`,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "mailchimp", map[string]any{"mailchimp": map[string]any{"token": "abc-us6"}, "wrong": map[string]any{"token": "abc@evil.example/"}}, calls)
}
