package message_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/message"
)

var resources = map[string]any{
	"discord":   map[string]any{"url": "https://discord.com/api/webhooks/1/secret"},
	"slack":     map[string]any{"token": "xoxb-1"},
	"telegram":  map[string]any{"bot_token": "1:abc", "chat_id": "-100"},
	"pushover":  map[string]any{"token": "app", "user": "me"},
	"sms77":     map[string]any{"api_key": "key"},
	"clicksend": map[string]any{"username": "me", "api_key": "key"},
	"twilio":    map[string]any{"account_sid": "AC1", "auth_token": "tok"},
	"novu":      map[string]any{"token": "key"},
}

// calls are what the documentation of the systems asks for.
var calls = map[string][]nodetest.Call{
	"discord": {
		{
			Request: "POST https://discord.com/api/webhooks/1/secret", Header: map[string]string{"Content-Type": "application/json"},
			Body: `{"content": "Ann is here", "username": "Shop", "allowed_mentions": {"parse": []}}`, Status: 204,
		},
		{
			Request: "POST https://discord.com/api/webhooks/1/secret", Body: `{"content": "wrong", "allowed_mentions": {"parse": []}}`,
			Status: 400, Answer: `{"code": 50006}`,
		},
	},
	"slack": {
		{
			Request: "POST https://slack.com/api/chat.postMessage",
			Header:  map[string]string{"Authorization": "Bearer xoxb-1", "Content-Type": "application/json; charset=utf-8"},
			Body:    `{"channel": "#people", "text": "*Ann &lt;!channel&gt; &amp; Bob* is here"}`, Answer: `{"ok": true, "channel": "C1", "ts": "1.2"}`,
		},
		{
			Request: "POST https://slack.com/api/chat.postMessage", Body: `{"channel": "#nowhere", "text": "Hello"}`,
			Answer: `{"ok": false, "error": "channel_not_found"}`,
		},
	},
	"telegram": {
		{
			Request: "POST https://api.telegram.org/bot1:abc/sendMessage", Header: map[string]string{"Content-Type": "application/json"},
			Body: `{"chat_id": "-100", "text": "Ann is here"}`, Answer: `{"ok": true, "result": {"message_id": 7}}`,
		},
		{
			Request: "POST https://api.telegram.org/bot1:abc/sendMessage", Body: `{"chat_id": "-100", "text": "wrong"}`,
			Status: 400, Answer: `{"ok": false}`,
		},
	},
	"pushover": {
		{
			Request: "POST https://api.pushover.net/1/messages.json", Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
			Body: "token=app&user=me&message=Ann+is+here", Answer: `{"status": 1, "request": "r1"}`,
		},
		{Request: "POST https://api.pushover.net/1/messages.json", Body: "token=app&user=me&message=wrong", Status: 400, Answer: `{"status": 0}`},
	},
	"sms77": {
		{
			Request: "POST https://gateway.seven.io/api/sms", Header: map[string]string{"X-Api-Key": "key", "Content-Type": "application/json"},
			Body: `{"to": "+4930123", "text": "Dear Ann", "from": "Shop"}`, Answer: `{"success": "100"}`,
		},
		{Request: "POST https://gateway.seven.io/api/sms", Body: `{"to": "+4930900", "text": "Hello"}`, Answer: `{"success": "900"}`},
	},
	"clicksend": {
		{
			Request: "POST https://rest.clicksend.com/v3/sms/send", Header: map[string]string{"Authorization": "Basic bWU6a2V5"},
			Body:   `{"messages": [{"source": "tracardi", "to": "+4930123", "body": "Dear Ann", "from": "Shop"}]}`,
			Answer: `{"data": {"messages": [{"status": "SUCCESS"}]}}`,
		},
		{
			Request: "POST https://rest.clicksend.com/v3/sms/send", Body: `{"messages": [{"source": "tracardi", "to": "12", "body": "Hello"}]}`,
			Answer: `{"data": {"messages": [{"status": "INVALID_RECIPIENT"}]}}`,
		},
	},
	"twilio": {
		{
			Request: "POST https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json", Header: map[string]string{"Authorization": "Basic QUMxOnRvaw=="},
			Body: "To=%2B4930123&From=%2B15550001&Body=Dear+Ann", Status: 201, Answer: `{"sid": "SM1", "status": "queued"}`,
		},
		{
			Request: "POST https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json", Body: "To=12&From=%2B15550001&Body=Hello",
			Status: 400, Answer: `{"code": 21211}`,
		},
	},
	"novu": {
		{
			Request: "POST https://api.novu.co/v1/events/trigger", Header: map[string]string{"Authorization": "ApiKey key", "Content-Type": "application/json"},
			Body: `{"name": "t1", "to": {"subscriberId": "profile-1", "email": "ann@example.com", "firstName": "Ann"}, "payload": {"total": 12},
					"tenant": "shop"}`,
			Status: 201, Answer: `{"data": {"acknowledged": true}}`,
		},
		{
			Request: "POST https://api.novu.co/v1/events/trigger",
			Body:    `{"name": "wrong", "to": {"subscriberId": "259a1c5643a113c3f0c3ca7962bcd7fd45b9b7f6"}, "payload": {}}`,
			Status:  422, Answer: `{"statusCode": 422}`,
		},
	},
}

func TestNodes(t *testing.T) { nodetest.GroupCalling(t, "message", resources, calls) }
