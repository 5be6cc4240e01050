package pipeline

import "github.com/tracardi/tracardi-go"

// Bots decides about crawlers and other programs. They are always marked, in session.app.bot.
type Bots struct {
	Refuse bool
}

// check refuses the payload of a bot as if its source were unknown.
func (b Bots) check(w *Work) error {
	if b.Refuse && (w.Session.App.Bot || namesBot(w.Payload)) {
		return tracardi.Errorf(tracardi.Unauthenticated, "traffic of bots is not accepted here")
	}
	return nil
}
