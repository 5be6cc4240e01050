package crm_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/crm"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"civicrm-add": {
		{
			Request: "POST https://crm.example.com/extern/rest.php",
			Header:  map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			Body:    `entity=Contact&action=create&api_key=key&key=site&json=%7B%22contact_type%22%3A%22Individual%22%2C%22email%22%3A%22Ann%40example.com%22%7D`,
			Answer:  `{"is_error": 0, "id": 7}`,
		},
		{
			Request: "POST https://crm.example.com/extern/rest.php",
			Body:    `entity=Contact&action=create&api_key=key&key=site&json=%7B%22contact_type%22%3A%22Household%22%7D`,
			Answer:  `{"is_error": 1}`,
		},
	},
	"salesforce-row": {
		{
			Request: "POST https://mc1.auth.marketingcloudapis.com/v2/token",
			Header:  map[string]string{"Content-Type": "application/json"},
			Body:    `{"grant_type": "client_credentials", "client_id": "me", "client_secret": "key"}`,
			Answer:  `{"access_token": "tok"}`,
		},
		{
			Request: "POST https://mc1.auth.marketingcloudapis.com/v2/token",
			Body:    `{"grant_type": "client_credentials", "client_id": "me", "client_secret": "wrong"}`,
			Status:  401,
		},
		{
			Request: "POST https://mc1.rest.marketingcloudapis.com/data/v1/async/dataextensions/key:people/rows",
			Header:  map[string]string{"Authorization": "Bearer tok"},
			Body:    `{"items": [{"Email": "Ann@example.com"}]}`,
			Status:  202,
			Answer:  `{"requestId": "r1"}`,
		},
		{
			Request: "PUT https://mc1.rest.marketingcloudapis.com/data/v1/async/dataextensions/key:people/rows",
			Header:  map[string]string{"Authorization": "Bearer tok"},
			Body:    `{"items": [{"Email": "a@example.com"}]}`,
			Status:  202,
			Answer:  `{"requestId": "r2"}`,
		},
	},
	"fullcontact": {
		{
			Request: "POST https://api.fullcontact.com/v3/person.enrich",
			Header:  map[string]string{"Authorization": "Bearer tok"},
			Body:    `{"email": "Ann@example.com", "emails": []}`,
			Answer:  `{"fullName": "Ann Lee"}`,
		},
		{Request: "POST https://api.fullcontact.com/v3/person.enrich", Body: `{"email": "b@example.com"}`, Status: 404},
	},
	"ghost-labels": {
		{
			Request: "GET https://blog.example.com/ghost/api/admin/members/?filter=uuid%3A%276b1f8a0e-0000-4000-8000-000000000001%27&include=labels",
			Header:  map[string]string{"Authorization": "Ghost eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.eyJpYXQiOjE3NzI0NDc0MDAsImV4cCI6MTc3MjQ0NzcwMCwiYXVkIjoiL2FkbWluLyJ9.BkQKb38hWAKqmM_ahr5rE5eha8LHKkoVyKB03SzfKGo", "Accept-Version": "v5.0"},
			Answer:  `{"members": [{"id": "m1", "labels": [{"id": "1", "name": "vip"}]}]}`,
		},
		{
			Request: "PUT https://blog.example.com/ghost/api/admin/members/m1/",
			Header:  map[string]string{"Authorization": "Ghost eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.eyJpYXQiOjE3NzI0NDc0MDAsImV4cCI6MTc3MjQ0NzcwMCwiYXVkIjoiL2FkbWluLyJ9.BkQKb38hWAKqmM_ahr5rE5eha8LHKkoVyKB03SzfKGo", "Accept-Version": "v5.0"},
			Body:    `{"members": [{"labels": [{"name": "vip"}, {"name": "buyers"}]}]}`,
			Answer:  `{"members": [{"id": "m1"}]}`,
		},
		{
			Request: "GET https://blog.example.com/ghost/api/admin/members/?filter=uuid%3A%276b1f8a0e-0000-4000-8000-000000000002%27&include=labels",
			Answer:  `{"members": []}`,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "crm", map[string]any{
		"civi-crm":    map[string]any{"api_url": "https://crm.example.com/extern/rest.php", "site_key": "site", "api_key": "key"},
		"salesforce":  map[string]any{"client_id": "me", "client_secret": "key", "subdomain": "mc1"},
		"locked":      map[string]any{"client_id": "me", "client_secret": "wrong", "subdomain": "mc1"},
		"fullcontact": map[string]any{"token": "tok"}, "ghost": map[string]any{"api_url": "https://blog.example.com", "api_key": "k1:00ff10"},
	}, calls)
}
