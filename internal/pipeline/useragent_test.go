package pipeline

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

var agents = sync.OnceValue(NewAgents)

const (
	chromeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
	safariOnIPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1"
	googlebot       = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

func TestRecognizeUserAgents(t *testing.T) {
	f := func(userAgent, kind, system, app string, touch, bot bool) {
		t.Helper()
		w := firstVisit()
		w.Payload.Request.UserAgent = userAgent
		run(t, w, agents().Recognize)
		s := w.Session
		got := []any{s.Device.Type, strings.TrimSpace(s.OS.Name + " " + s.OS.Version), strings.TrimSpace(s.App.Name + " " + s.App.Version), s.Device.Touch, s.App.Bot}
		if diff := cmp.Diff([]any{kind, system, app, touch, bot}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", userAgent, diff)
		}
	}
	f(chromeOnWindows, "pc", "Windows 10", "Chrome 120.0.0", false, false)
	f("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15", "pc", "Mac OS X 10.15.7", "Safari 17.0", false, false)
	f("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "pc", "Ubuntu", "Firefox 121.0", false, false)
	f("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "pc", "Chrome OS 14541.0.0", "Chrome 120.0.0", false, false)
	f(safariOnIPhone, "mobile", "iOS 17.1", "Mobile Safari 17.1", true, false)
	f("Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36", "mobile", "Android 13", "Chrome Mobile 112.0.0", true, false)
	f("Mozilla/5.0 (Linux; Android 12; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.119 Safari/537.36", "tablet", "Android 12", "Chrome 80.0.3987", true, false)
	f("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", "tablet", "iOS 16.6", "Mobile Safari 16.6", true, false)
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.5.0", "email", "Windows 10", "Thunderbird 115.5.0", false, false)
	f(googlebot, "", "", "Googlebot 2.1", false, true)
	f("curl/8.4.0", "", "", "curl 8.4.0", false, false)
	f("no such program", "", "", "", false, false)
	f("", "", "", "", false, false)
	f(strings.Repeat("\xff", 5000), "", "", "", false, false)
}

func TestRecognizeContext(t *testing.T) {
	w := firstVisit()
	w.Payload.Request = tracardi.Request{UserAgent: "relay/1.0", IP: "192.0.2.7"}
	w.Session.Context = free(`{
		"browser":{"local":{"browser":{"userAgent":"` + safariOnIPhone + `","language":"cs-CZ"}}},
		"screen":{"local":{"width":390,"height":844.5,"colorDepth":24,"orientation":"portrait-primary"}},
		"device":{"name":"Ann's phone","brand":"Maker","model":"M1","type":"tablet","touch":false}}`)
	run(t, w, agents().Recognize)
	want := tracardi.Device{
		Name: "Ann's phone", Brand: "Maker", Model: "M1", Type: "tablet", IP: "192.0.2.7", Resolution: "390x844", ColorDepth: 24,
		Orientation: "portrait-primary",
	}
	if diff := cmp.Diff(want, w.Session.Device); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(tracardi.App{Type: "browser", Name: "Mobile Safari", Version: "17.1", Language: "cs-CZ"}, w.Session.App); diff != "" {
		t.Error(diff)
	}
	equal(t, "context.ip", at(&w.Session.Context, "ip"), `"192.0.2.7"`)
}

func TestRecognizeWrongContext(t *testing.T) {
	w := firstVisit()
	w.Payload.Request.UserAgent = chromeOnWindows
	w.Session.Context = free(`{"browser":[],"screen":{"local":{"width":-1,"height":1e300,"colorDepth":"deep"}},"device":{"type":"toaster","name":7}}`)
	run(t, w, agents().Recognize)
	if diff := cmp.Diff(tracardi.Device{Type: "pc"}, w.Session.Device); diff != "" {
		t.Error(diff)
	}
}

func TestRecognizeOnlyNewSessions(t *testing.T) {
	w := nextRequest()
	w.Payload.Request.UserAgent = chromeOnWindows
	w.Session.OS.Name = "Plan 9"
	run(t, w, agents().Recognize)
	if w.Session.OS.Name != "Plan 9" || w.Session.App != (tracardi.App{}) {
		t.Errorf("got %+v, %+v", w.Session.OS, w.Session.App)
	}
}
