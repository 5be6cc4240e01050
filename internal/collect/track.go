package collect

import (
	"net/http"
	"strconv"

	"github.com/tracardi/tracardi-go"
)

// track takes a payload in the tracker's own dialect. The content type does not matter: beacons and old clients send none.
func (c *Collector) track(w http.ResponseWriter, r *http.Request) error {
	text, err := c.ReadBody(w, r, c.options.Limits)
	if err != nil {
		return err
	}
	payload, err := Decode(text, c.options.Limits)
	if err != nil {
		return err
	}
	if less := r.URL.Query().Get("profile_less"); less != "" {
		if payload.ProfileLess, err = strconv.ParseBool(less); err != nil {
			return tracardi.InvalidField("query.profile_less", "must be true or false, not %q", less)
		}
	}
	answer, err := c.take(r, payload, tracardi.SourceREST)
	if err != nil {
		return err
	}
	reply(w, answer)
	return nil
}

// reply writes the answer; null when there were no events.
func reply(w http.ResponseWriter, answer *tracardi.Answer) {
	text := []byte("null")
	if answer != nil {
		text = answer.AppendJSON(make([]byte, 0, 320))
	}
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(len(text))}
	_, _ = w.Write(text) // a sender that went away has its events stored all the same
}

var jsonType = []string{"application/json"}
