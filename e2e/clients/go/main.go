// Command visit sends the visit of the test with Segment's client: visit URL KEY
package main

import (
	"fmt"
	"os"

	"github.com/segmentio/analytics-go/v3"
)

// watcher notes what the client could not deliver.
type watcher struct{ failed error }

func (w *watcher) Success(analytics.Message)            {}
func (w *watcher) Failure(_ analytics.Message, e error) { w.failed = e }

func main() {
	watch := &watcher{}
	client, err := analytics.NewWithConfig(os.Args[2], analytics.Config{Endpoint: os.Args[1], Callback: watch})
	if err != nil {
		fatal(err)
	}
	for _, message := range []analytics.Message{
		analytics.Track{AnonymousId: "device", Event: "Product Seen", Properties: analytics.NewProperties().SetPrice(9.5)},
		analytics.Identify{UserId: "ann", AnonymousId: "device", Traits: analytics.NewTraits().SetEmail("ann@shop.example").SetFirstName("Ann").Set("plan", "pro")},
		analytics.Page{UserId: "ann", Name: "Home", Properties: analytics.NewProperties().SetURL("https://shop.example/").SetTitle("Shop")},
		analytics.Screen{UserId: "ann", Name: "Cart"},
		analytics.Group{UserId: "ann", GroupId: "acme", Traits: analytics.NewTraits().SetName("Acme")},
		analytics.Alias{UserId: "ann", PreviousId: "old-ann"},
		analytics.Track{UserId: "old-ann", Event: "Order Paid"},
	} {
		if err := client.Enqueue(message); err != nil {
			fatal(err)
		}
	}
	if err := client.Close(); err != nil {
		fatal(err)
	}
	if watch.failed != nil {
		fatal(watch.failed)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
