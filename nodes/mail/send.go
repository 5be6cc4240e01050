package mail

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "send", Name: "Send mail", Icon: "mail",
		New:  func() node.Node { return &Send{} },
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.smtp_call.plugin.SmtpDispatcherAction"},
		Import:  importSend,
		Examples: []node.Example{
			{
				Name: "a reminder",
				Config: `{"resource": "mail", "to": "{{profile@data.contact.email.main}}", "from": "Shop <shop@example.com>",
					"subject": "Your basket", "text": "Dear {{profile@data.pii.firstname}}, it still waits for you."}`,
				Profile: `{"data": {"contact": {"email": {"main": "ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Payload: `{"basket": 3}`, Port: "payload",
			},
			{
				Name:    "nobody to send it to",
				Config:  `{"resource": "mail", "to": "{{profile@data.contact.email.main}}", "from": "shop@example.com", "subject": "Your basket", "text": "It waits."}`,
				Profile: `{"data": {"contact": {"email": {"main": ""}}}}`,
				Error:   "to: names nobody",
			},
			{
				Name:   "no such mail server",
				Config: `{"resource": "forgotten", "to": "ann@example.com", "from": "shop@example.com", "subject": "Hello", "text": "Hello"}`,
				Error:  `there is no resource "forgotten"`,
			},
		},
	})
}

// Send sends a mail through a mail server, and goes on at the port payload when the server has taken it.
//
// All texts are templates: {{profile@data.pii.firstname}} is filled in, in HTML with its special characters escaped. A place that
// is not in the data is a failure, so that nobody gets a mail with a hole in it. With both a text and HTML the reader's mail program
// chooses.
//
// A refusal by the server goes on at the port error. When the server can't be reached or asks for patience, the node fails and
// may be repeated. When the connection breaks, or the program dies, between the mail and the server's word that it took it, nobody
// knows: the mail is not sent again by itself, and the run stands until a person decides. A mail that is sent again has the same
// Message-ID, by which many mail programs show it once.
type Send struct {
	Resource node.Reference `json:"resource" title:"Mail server" help:"The resource that sends the mail." kind:"resource:smtp" required:"true"`
	To       node.Template  `json:"to" title:"To" help:"Addresses, separated by commas, such as {{profile@data.contact.email.main}}." required:"true"`
	Cc       node.Template  `json:"cc" title:"Cc" help:"Addresses that get a copy."`
	Bcc      node.Template  `json:"bcc" title:"Bcc" help:"Addresses that get a copy unseen by the others."`
	From     node.Template  `json:"from" title:"From" help:"The sender, such as Shop <shop@example.com>; empty for that of the mail server."`
	ReplyTo  node.Template  `json:"reply_to" title:"Reply to" help:"Where answers go, when not to the sender."`
	Subject  node.Template  `json:"subject" title:"Subject" help:"One line." required:"true"`
	Text     node.Template  `json:"text" title:"Text" help:"The mail as plain text." widget:"textarea"`
	HTML     node.Template  `json:"html" title:"HTML" help:"The mail as HTML." widget:"code"`
	Raw      bool           `json:"raw" title:"Values are HTML" help:"Put values into the HTML as they are. Only for values that no visitor can write."`
}

// Check implements node.Checker.
func (n *Send) Check() error {
	if n.Text.Empty() && n.HTML.Empty() {
		return tracardi.InvalidField("text", "a mail needs a text, HTML or both")
	}
	return nil
}

// Run implements node.Node.
func (n *Send) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	server := newServer()
	if err := in.Resource(ctx, n.Resource.ID, server); err != nil {
		return node.Output{}, err
	}
	message, err := n.compose(in, server)
	if err != nil {
		return node.Output{}, err
	}
	err = server.send(ctx, in, message)
	if message.IsDelivered() { // what went wrong later does not matter
		return node.To("payload", in.Payload), nil
	}
	if lost, ok := errors.AsType[*mail.SendError](err); ok && lost.Reason == mail.ErrSMTPDataClose && lost.ErrorCode() == 0 {
		return node.Output{}, node.Unknown(tracardi.Errorf(tracardi.Unavailable, "the mail server did not say whether it took the mail: %w", err))
	}
	if refused, ok := errors.AsType[*mail.SendError](err); ok && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return node.Fail(fmt.Sprintf("the mail server refused the mail: %v", refused)), nil
	}
	if err != nil {
		return node.Output{}, tracardi.Errorf(tracardi.Unavailable, "the mail was not sent: %w", err)
	}
	return node.To("payload", in.Payload), nil
}

// letter is a mail with everything filled in.
type letter struct{ to, cc, bcc, from, replyTo, subject, text, html string }

func (n *Send) fill(in *node.Input) (l letter, err error) {
	for _, part := range []struct {
		into     *string
		template node.Template
	}{
		{&l.to, n.To},
		{&l.cc, n.Cc},
		{&l.bcc, n.Bcc},
		{&l.from, n.From},
		{&l.replyTo, n.ReplyTo},
		{&l.subject, n.Subject},
		{&l.text, n.Text},
	} {
		if *part.into, err = part.template.Render(in); err != nil {
			return l, err
		}
	}
	render := n.HTML.RenderHTML
	if n.Raw {
		render = n.HTML.Render
	}
	l.html, err = render(in)
	return l, err
}

func (n *Send) compose(in *node.Input, server *Server) (*mail.Msg, error) {
	l, err := n.fill(in)
	if err != nil {
		return nil, err
	}
	l.from = cmp.Or(strings.TrimSpace(l.from), server.From)
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := message.From(l.from); err != nil {
		return nil, tracardi.InvalidField("from", "%q is no address", l.from)
	}
	if strings.TrimSpace(l.to) == "" {
		return nil, tracardi.InvalidField("to", "names nobody")
	}
	for _, line := range []struct {
		field, addresses string
		put              func(string) error
	}{
		{"to", l.to, message.ToFromString},
		{"cc", l.cc, message.CcFromString},
		{"bcc", l.bcc, message.BccFromString},
		{"reply_to", l.replyTo, message.ReplyTo},
	} {
		if strings.TrimSpace(line.addresses) == "" {
			continue
		}
		if err := line.put(line.addresses); err != nil {
			return nil, tracardi.InvalidField(line.field, "%q holds no addresses, or a wrong one", line.addresses)
		}
	}
	message.Subject(strings.Join(strings.Fields(l.subject), " "))
	message.SetDateWithValue(in.Now())
	message.SetMessageIDWithValue(messageID(in, l, message))
	l.write(message)
	return message, nil
}

func (l letter) write(message *mail.Msg) {
	switch {
	case l.html == "":
		message.SetBodyString(mail.TypeTextPlain, l.text)
	case l.text == "":
		message.SetBodyString(mail.TypeTextHTML, l.html)
	default:
		message.SetBodyString(mail.TypeTextPlain, l.text)
		message.AddAlternativeString(mail.TypeTextHTML, l.html)
	}
}

var flowID = expr.MustPath("id")

// messageID is the same whenever the same mail is sent for the same event by the same flow.
func messageID(in *node.Input, l letter, message *mail.Msg) string {
	flow, _ := in.Look("flow", flowID)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{
		fmt.Sprint(flow), in.Event().ID, l.to, l.cc, l.bcc, l.from, l.replyTo, l.subject, l.text, l.html,
	}))
	_, domain, _ := strings.Cut(message.GetFrom()[0].Address, "@")
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

// importSend takes over the settings of the original.
func importSend(old map[string]any) map[string]any {
	get := func(path ...string) string {
		value, _ := tracardi.Dig(old, path...)
		text, _ := value.(string)
		return text
	}
	body := "text"
	if strings.EqualFold(get("mail", "message", "type"), "text/html") {
		body = "html"
	}
	return map[string]any{
		"resource": old["resource"],
		"to":       get("mail", "send_to"), "from": get("mail", "send_from"), "reply_to": get("mail", "reply_to"),
		"subject": get("mail", "title"), body: get("mail", "message", "content"),
	}
}
