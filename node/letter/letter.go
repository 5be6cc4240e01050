// Package letter fills in the mails that nodes send through services over HTTP, and takes over the settings of the original's.
package letter

import (
	"maps"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

// Letter is a mail with everything filled in.
type Letter struct {
	From    string
	To      []string
	Subject string // one line
	HTML    string
}

// Template is how a mail is written. Recipients are addresses separated by commas, or a list of them.
type Template struct {
	From, To      node.Value
	Subject, HTML node.Template
}

// Fill fills a mail in. What comes from the data is escaped in the HTML. A mail to nobody is an error of the setting recipient.
func (t Template) Fill(in *node.Input) (l Letter, err error) {
	if l.From, err = t.From.Text(in); err != nil {
		return l, err
	}
	to, err := t.To.Resolve(in)
	if err != nil {
		return l, err
	}
	if text, ok := to.(string); ok {
		for address := range strings.SplitSeq(text, ",") {
			l.add(address)
		}
	} else if list, ok := to.([]any); ok {
		for _, address := range list {
			text, _ := address.(string)
			l.add(text)
		}
	}
	if len(l.To) == 0 {
		return l, tracardi.InvalidField("recipient", "names nobody")
	}
	if l.Subject, err = t.Subject.Render(in); err != nil {
		return l, err
	}
	l.Subject = strings.Join(strings.Fields(l.Subject), " ")
	l.HTML, err = t.HTML.RenderHTML(in)
	return l, err
}

func (l *Letter) add(address string) {
	if address = strings.TrimSpace(address); address != "" {
		l.To = append(l.To, address)
	}
}

// Import takes over the settings of the original's nodes, which have recipient, subject and content in a message of its own.
func Import(old map[string]any) map[string]any {
	settings := maps.Clone(old)
	if message, ok := old["message"].(map[string]any); ok {
		maps.Copy(settings, message)
	}
	return settings
}
