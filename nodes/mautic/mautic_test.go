package mautic_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/mautic"
)

func TestNodes(t *testing.T) {
	// what the documentation asks for
	calls := map[string][]nodetest.Call{
		"add-contact": {
			{
				Request: "POST https://mautic.example.com/api/contacts/new",
				Header:  map[string]string{"Authorization": "Bearer tok", "Content-Type": "application/json"},
				Body:    `{"email": "Ann@example.com", "overwriteWithBlank": false, "firstname": "Ann", "tags": "a,b", "colors": "red|2"}`,
				Status:  201,
				Answer:  `{"contact": {"id": 7}}`,
			},
		},
		"get-contact": {
			{
				Request: "GET https://mautic.example.com/api/contacts/7",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Answer:  `{"contact": {"id": 7}}`,
			},
			{Request: "GET https://mautic.example.com/api/contacts/8", Status: 404},
		},
		"find-contact": {
			{
				Request: "GET https://mautic.example.com/api/contacts?search=email%3AAnn%40example.com&limit=1",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Answer:  `{"contacts": {"7": {"id": 7}}}`,
			},
			{Request: "GET https://mautic.example.com/api/contacts?search=email%3Ab%40example.com&limit=1", Answer: `{"contacts": []}`},
			{Request: "GET https://mautic.example.com/api/contacts?search=email%3Ac%40example.com&limit=1", Status: 403},
		},
		"edit-points": {
			{
				Request: "POST https://mautic.example.com/api/contacts/7/points/plus/5",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Body:    `{"eventName": "page-view"}`,
				Answer:  `{"success": true}`,
			},
			{
				Request: "POST https://mautic.example.com/api/contacts/7/points/minus/3",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Body:    `{"eventName": "page-view"}`,
				Answer:  `{"success": true}`,
			},
			{Request: "POST https://mautic.example.com/api/contacts/8/points/plus/1", Body: `{"eventName": "page-view"}`, Status: 404},
		},
		"edit-segment": {
			{
				Request: "POST https://mautic.example.com/api/segments/3/contact/7/add",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Body:    `{}`,
				Answer:  `{"success": 1}`,
			},
			{
				Request: "POST https://mautic.example.com/api/segments/3/contact/7/remove",
				Header:  map[string]string{"Authorization": "Bearer tok"},
				Body:    `{}`,
				Answer:  `{"success": 1}`,
			},
			{Request: "POST https://mautic.example.com/api/segments/3/contact/8/add", Body: `{}`, Status: 404},
		},
	}
	login := []nodetest.Call{
		{
			Request: "POST https://mautic.example.com/oauth/v2/token", Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			Body: "grant_type=client_credentials&client_id=me&client_secret=key", Answer: `{"access_token": "tok"}`,
		},
		{
			Request: "POST https://mautic.example.com/oauth/v2/token", Body: "grant_type=client_credentials&client_id=me&client_secret=wrong", Status: 401,
		},
	}
	for id := range calls {
		calls[id] = append(calls[id], login...)
	}
	nodetest.GroupCalling(t, "mautic", map[string]any{"mautic": server("key"), "locked": server("wrong")}, calls)
}

func server(key string) map[string]any {
	return map[string]any{"api_url": "https://mautic.example.com/", "public_key": "me", "private_key": key}
}
