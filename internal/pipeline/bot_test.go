package pipeline

import (
	"testing"

	"github.com/tracardi/tracardi-go"
)

func TestBots(t *testing.T) {
	f := func(refuse bool, userAgent, headers, context string, wantBot, wantRefused bool) {
		t.Helper()
		w := firstVisit()
		w.Payload.Request.UserAgent = userAgent
		w.Payload.Request.Headers = free(headers)
		w.Session.Context = free(context)
		run(t, w, agents().Recognize)
		if w.Session.App.Bot != wantBot {
			t.Errorf("%q %s %s: bot is %v, want %v", userAgent, headers, context, w.Session.App.Bot, wantBot)
		}
		err := Bots{Refuse: refuse}.check(w)
		if refused := tracardi.KindOf(err) == tracardi.Unauthenticated; refused != wantRefused || !refused && err != nil {
			t.Errorf("%q %s %s: got %v, want refused %v", userAgent, headers, context, err, wantRefused)
		}
	}
	f(true, chromeOnWindows, `{}`, `{}`, false, false)
	f(true, googlebot, `{}`, `{}`, true, true)
	f(false, googlebot, `{}`, `{}`, true, false)
	f(true, "", `{"user-agent":"`+googlebot+`"}`, `{}`, true, true)
	f(true, chromeOnWindows, `{"from":"googlebot(at)googlebot.com"}`, `{}`, true, true)
	f(true, chromeOnWindows, `{"from":"ann@example.com"}`, `{}`, false, false)
	f(true, "relay/1.0", `{}`, `{"browser":{"local":{"browser":{"userAgent":"`+googlebot+`"}}}}`, true, true)
	f(true, googlebot, `{}`, `{"browser":{"local":{"browser":{"userAgent":"`+chromeOnWindows+`"}}}}`, true, true)
}
