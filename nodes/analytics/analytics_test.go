package analytics_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/analytics"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"mixpanel": {
		{
			Request: "POST https://api-eu.mixpanel.com/track?verbose=1",
			Header:  map[string]string{"Content-Type": "application/json"},
			Body: `[{"event": "page-view", "properties": {"token": "tok", "distinct_id": "profile-1", "$insert_id": "event-1",
				"time": 1772447399, "page": "/shoes"}}]`,
			Answer: `{"status": 1, "error": null}`,
		},
		{
			Request: "POST https://api-eu.mixpanel.com/track?verbose=1",
			Body: `[{"event": "page-view", "properties": {"token": "tok", "distinct_id": "profile-1", "$insert_id": "wrong",
				"time": 1772447399}}]`,
			Answer: `{"status": 0, "error": "no"}`,
		},
	},
	"mixpanel-funnel": {
		{
			Request: "GET https://eu.mixpanel.com/api/2.0/funnels?project_id=1&funnel_id=2&from_date=2026-01-31&to_date=2026-03-02&where=properties%5B%22%24distinct_id%22%5D+%3D%3D+%22profile-1%22",
			Header:  map[string]string{"Authorization": "Basic bWU6cHc="},
			Answer:  `{"data": {}}`,
		},
		{
			Request: "GET https://eu.mixpanel.com/api/2.0/funnels?project_id=1&funnel_id=3&from_date=2026-02-01&to_date=2026-02-28&where=properties%5B%22%24distinct_id%22%5D+%3D%3D+%22profile-1%22",
			Status:  400,
		},
	},
	"google": {
		{
			Request: "POST https://www.google-analytics.com/mp/collect?measurement_id=G-1&api_secret=key",
			Header:  map[string]string{"Content-Type": "application/json"},
			Body: `{"client_id": "profile-1", "user_id": "profile-1", "timestamp_micros": 1772447399000000, "events": [{"name": "purchase",
				"params": {"value": 12}}]}`,
			Status: 204,
		},
		{
			Request: "POST https://www.google-analytics.com/mp/collect?measurement_id=G-1&api_secret=key",
			Body:    `{"client_id": "session-1", "timestamp_micros": 1772447399000000, "events": [{"name": "wrong", "params": {}}]}`,
			Status:  413,
		},
	},
	"amplitude": {
		{
			Request: "POST https://api2.amplitude.com/2/httpapi",
			Header:  map[string]string{"Content-Type": "application/json"},
			Body: `{"api_key": "tok", "events": [{"event_type": "page-view", "event_properties": {"page": "/shoes"},
				"user_properties": {"color": "red"}, "insert_id": "event-1", "time": 1772447399000, "user_id": "profile-1",
				"session_id": 1772445600000, "ip": "192.0.2.7"}]}`,
			Answer: `{"code": 200}`,
		},
		{
			Request: "POST https://api2.amplitude.com/2/httpapi",
			Body: `{"api_key": "tok", "events": [{"event_type": "wrong", "event_properties": {}, "insert_id": "event-1",
				"time": 1772447399000, "user_id": "event-1"}]}`,
			Status: 400,
			Answer: `{"code": 400}`,
		},
	},
	"matomo": {
		{
			Request: "POST https://matomo.example.com/matomo.php",
			Header:  map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			Body:    `idsite=3&rec=1&apiv=1&send_image=0&action_name=page-view&rand=event-1&_id=50135a426adc9d09&uid=profile-1&cdt=1772447399&url=https%3A%2F%2Fshop.example.com%2F&cip=192.0.2.7&_rcn=may&search=red+shoes&idgoal=5&dimension2=1000000&token_auth=tok`,
			Status:  204,
		},
		{
			Request: "POST https://matomo.example.com/matomo.php",
			Body:    `idsite=9&rec=1&apiv=1&send_image=0&action_name=page-view&rand=event-1&_id=ce36863f51b6baf9&uid=event-1&cdt=1772447399&token_auth=tok`,
			Status:  400,
			Answer:  `unknown site`,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "analytics", map[string]any{"mixpanel": map[string]any{"token": "tok", "server_prefix": "EU", "username": "me", "password": "pw"}, "google": map[string]any{"api_key": "key", "measurement_id": "G-1"}, "amplitude": map[string]any{"token": "tok"}, "matomo": map[string]any{"api_url": "https://matomo.example.com/", "token": "tok"}}, calls)
}
