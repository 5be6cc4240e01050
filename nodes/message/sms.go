package message

import (
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// sms is a short message with everything filled in.
type sms struct{ text, to, from string }

func fill(in *node.Input, message node.Template, to, from node.Value) (s sms, err error) {
	if s.text, err = message.Render(in); err != nil {
		return s, err
	}
	if s.to, err = to.Text(in); err != nil {
		return s, err
	}
	if s.to = strings.TrimSpace(s.to); s.to == "" {
		return s, tracardi.InvalidField("recipient", "there is no phone number")
	}
	s.from, err = from.Text(in)
	return s, err
}
