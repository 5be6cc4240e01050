package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

func TestCampaign(t *testing.T) {
	const page = `{"page":{"url":"https://shop.example/?utm_source=mail&utm_medium=news&utm_campaign=spring+sale&utm_term=t&utm_content=c#x"}}`
	onPage := tracardi.UTM{Source: "mail", Medium: "news", Campaign: "spring sale", Term: "t", Content: "c"}
	f := func(had tracardi.UTM, context, eventContext string, want tracardi.UTM) {
		t.Helper()
		w := nextRequest(tracardi.NewEvent{Type: "first"}, tracardi.NewEvent{Type: "page-view", Context: free(eventContext)})
		w.Session.UTM = had
		w.Payload.Context, w.Session.Context = free(context), free(context)
		run(t, w, campaign)
		if diff := cmp.Diff(want, w.Session.UTM); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", context, eventContext, diff)
		}
		if _, left := w.Session.Context.Get("utm"); left {
			t.Errorf("%s: the context still has utm", context)
		}
	}
	f(tracardi.UTM{}, `{"utm":{"source":"a","medium":"b","campaign":"c","term":"d","content":"e"},"x":1}`, page,
		tracardi.UTM{Source: "a", Medium: "b", Campaign: "c", Term: "d", Content: "e"})
	f(tracardi.UTM{}, `{"utm":{"source":5}}`, page, onPage)
	f(tracardi.UTM{}, `{"utm":null}`, page, onPage)
	f(tracardi.UTM{}, page, `{}`, onPage)
	f(tracardi.UTM{}, `{}`, page, onPage)
	f(tracardi.UTM{Source: "old"}, `{"utm":{"source":"new"}}`, page, tracardi.UTM{Source: "old"})
	f(tracardi.UTM{}, `{}`, `{"page":{"url":"https://shop.example/?a=b"}}`, tracardi.UTM{})
	f(tracardi.UTM{}, `{}`, `{"page":{"url":"https://shop.example/utm_source"}}`, tracardi.UTM{})
	f(tracardi.UTM{}, `{}`, `{"page":{"url":"://%zz?utm_source=a"}}`, tracardi.UTM{})
	f(tracardi.UTM{}, `{}`, `{"page":"utm_source"}`, tracardi.UTM{})
}
