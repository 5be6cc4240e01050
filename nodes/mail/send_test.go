package mail_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// TestMailArrives sends through a real server and reads what is in the mailboxes.
func TestMailArrives(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["mail"] = server(t)
	ann, bob, eve := mailbox("ann"), mailbox("bob"), mailbox("eve")
	f.Over(t, "profile", fmt.Sprintf(`{"data": {"contact": {"email": {"main": %q}}, "pii": {"firstname": "Zoë <b>"}}}`, ann))
	config := fmt.Sprintf(`{"resource": {"id": "mail", "name": "Shop"}, "to": "{{profile@data.contact.email.main}}", "cc": "Bob <%s>", "bcc": %q,
		"from": "Der Laden für Alle <shop@example.com>", "reply_to": "help@example.com", "subject": "Grüße an {{profile@data.pii.firstname}}\nBcc: x@example.com",
		"text": "Dear {{profile@data.pii.firstname}}, ünd", "html": "<p>Dear {{profile@data.pii.firstname}}</p>"}`, bob, eve)

	for range 2 { // such as after a crash
		sends(t, f, config, "payload")
	}

	for _, box := range []string{ann, bob, eve} {
		got := mails(t, box)
		if len(got) != 2 {
			t.Fatalf("%s has %d mails", box, len(got))
		}
		if a, b := got[0].Header.Get("Message-ID"), got[1].Header.Get("Message-ID"); a != b || !strings.HasSuffix(a, "@example.com>") {
			t.Errorf("the same mail has the ids %s and %s", a, b)
		}
	}
	got := mails(t, ann)[0]
	for name, want := range map[string]string{
		"From": "Der Laden für Alle <shop@example.com>", "To": "<" + ann + ">", "Cc": `"Bob" <` + bob + ">", "Bcc": "",
		"Reply-To": "<help@example.com>", "Subject": "Grüße an Zoë <b> Bcc: x@example.com", "Date": "Mon, 02 Mar 2026 10:30:00 +0000",
	} {
		if decoded, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get(name)); err != nil || decoded != want {
			t.Errorf("%s: %q, want %q (%v)", name, decoded, want, err)
		}
	}
	parts := partsOf(t, got)
	if parts["text/plain"] != "Dear Zoë <b>, ünd" || parts["text/html"] != "<p>Dear Zoë &lt;b&gt;</p>" {
		t.Errorf("parts %q", parts)
	}
}

// TestOtherMailHasAnotherID looks at mails of one event that differ.
func TestOtherMailHasAnotherID(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["mail"] = server(t)
	box := mailbox("ann")
	for _, text := range []string{"one", "two"} {
		sends(t, f, fmt.Sprintf(`{"resource": "mail", "to": %q, "from": "shop@example.com", "subject": "Hello", "text": %q}`, box, text), "payload")
	}
	got := mails(t, box)
	if len(got) != 2 || got[0].Header.Get("Message-ID") == got[1].Header.Get("Message-ID") {
		t.Errorf("different mails have the same id")
	}
}

// TestOriginalsMail sends with settings of the original.
func TestOriginalsMail(t *testing.T) {
	f := nodetest.NewFlow()
	f.Resources["mail"] = server(t)
	box := mailbox("ann")
	_, config, ok, err := node.Import("tracardi.process_engine.action.v1.connectors.smtp_call.plugin", "SmtpDispatcherAction", map[string]any{
		"resource": map[string]any{"id": "mail", "name": "Mail"},
		"mail": map[string]any{
			"send_to": box, "send_from": "shop@example.com", "reply_to": "", "title": "Hello",
			"message": map[string]any{"content": "<b>{{event@type}}</b>", "type": "text/html"},
		},
	})
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	sends(t, f, string(config), "payload")
	body, err := io.ReadAll(mails(t, box)[0].Body)
	if err != nil || strings.TrimSpace(string(body)) != "<b>page-view</b>" {
		t.Errorf("body %q %v", body, err)
	}
}

// TestRefusals lets a server answer as servers do when they don't want a mail.
func TestRefusals(t *testing.T) {
	const config = `{"resource": "mail", "to": "ann@example.com", "from": "shop@example.com", "subject": "Hello", "text": "Hello"}`
	for name, c := range map[string]struct {
		answers map[string]string // by the first word of the command
		over    map[string]any    // of the resource
		port    string
		message string
	}{
		"taken":               {port: "payload"},
		"an angry farewell":   {answers: map[string]string{"QUIT": "421 Go away"}, port: "payload"},
		"an unknown person":   {answers: map[string]string{"RCPT": "550 5.1.1 No such user"}, port: node.ErrorPort, message: "No such user"},
		"later":               {answers: map[string]string{"RCPT": "451 Try again later"}, message: "Try again later"},
		"full":                {answers: map[string]string{".": "452 Disk is full"}, message: "Disk is full"},
		"no encryption":       {over: map[string]any{"tls": "starttls"}, message: "STARTTLS"},
		"no TLS at all":       {over: map[string]any{"tls": "tls"}, message: "tls"},
		"a password in clear": {over: map[string]any{"username": "shop", "password": "geheim"}, message: "not sent"},
	} {
		t.Run(name, func(t *testing.T) {
			f := nodetest.NewFlow()
			resource, said := scripted(t, c.answers)
			for key, value := range c.over {
				resource[key] = value
			}
			f.Resources["mail"] = resource
			n, err := node.Lookup("mail.send").Configure([]byte(config))
			if err != nil {
				t.Fatal(err)
			}
			out, err := n.Run(t.Context(), f.Input(t, "payload", ""))
			switch {
			case c.port == "" && (err == nil || tracardi.KindOf(err) != tracardi.Unavailable || !strings.Contains(err.Error(), c.message)):
				t.Errorf("error %v, want one with %q that may be tried again", err, c.message)
			case c.port != "" && (err != nil || out.Results[0].Port != c.port || !strings.Contains(fmt.Sprint(out.Results[0].Payload["message"]), c.message)):
				t.Errorf("goes on with %v, error %v", out, err)
			}
			if text := said(); strings.Contains(text, "AUTH") {
				t.Errorf("the password was sent in clear: %s", text)
			}
		})
	}
}

// TestConnection tests the resource.
func TestConnection(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		over    map[string]any
		message string
	}{
		"fine":        {},
		"no TLS":      {over: map[string]any{"tls": "starttls"}, message: "does not support STARTTLS"},
		"not for us":  {answers: map[string]string{"EHLO": "550 no", "HELO": "550 no"}, message: "does not let us in"},
		"no such one": {over: map[string]any{"port": 1}, message: "refused"},
	} {
		settings, said := scripted(t, c.answers)
		for key, value := range c.over {
			settings[key] = value
		}
		server, err := node.LookupResource("smtp").Configure(tracardi.AppendValue(nil, settings))
		if err != nil {
			t.Fatal(err)
		}
		err = server.(node.ConnectionTester).TestConnection(t.Context(), nodetest.NewFlow())
		if (err == nil) != (c.message == "") || err != nil && !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v, want %q", name, err, c.message)
		}
		if text := said(); strings.Contains(text, "MAIL") {
			t.Errorf("%s: a test sends mail: %s", name, text)
		}
	}
}

// scripted is a mail server that says yes, but to some commands what the test wants. said ends it and returns what it heard.
func scripted(t *testing.T, answers map[string]string) (resource map[string]any, said func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			heard <- ""
			return
		}
		heard <- converse(conn, answers)
	}()
	address := listener.Addr().(*net.TCPAddr)
	said = func() string { _ = listener.Close(); return <-heard }
	return map[string]any{"host": "127.0.0.1", "port": address.Port}, said
}

func converse(conn net.Conn, answers map[string]string) string {
	defer func() { _ = conn.Close() }()
	var all strings.Builder
	inData := false
	_, _ = io.WriteString(conn, "220 hello\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		word, _, _ := strings.Cut(lines.Text(), " ")
		if inData && word != "." {
			continue
		}
		inData = word == "DATA"
		answer := "250 fine"
		switch word {
		case "EHLO":
			answer = "250-hello\r\n250 AUTH PLAIN LOGIN"
		case "DATA":
			answer = "354 go on"
		case "QUIT":
			answer = "221 bye"
		}
		if other := answers[word]; other != "" {
			answer = other
		}
		if _, err := io.WriteString(conn, answer+"\r\n"); err != nil {
			break
		}
	}
	return all.String()
}

func sends(t *testing.T, f *nodetest.Flow, config, port string) {
	t.Helper()
	n, err := node.Lookup("mail.send").Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.Run(t.Context(), f.Input(t, "payload", `{"a": 1}`))
	if err != nil || len(out.Results) != 1 || out.Results[0].Port != port {
		t.Fatalf("goes on with %v, error %v", out, err)
	}
}

// mailbox is an address that no other test uses.
func mailbox(name string) string { return name + "-" + uuid.NewString() + "@example.com" }

// mails asks the server what has arrived.
func mails(t *testing.T, box string) (all []*mail.Message) {
	t.Helper()
	client := &http.Client{Timeout: time.Minute}
	answer, err := client.Get(storagetest.Server(t, "TRACARDI_TEST_MAIL_API_URL") + "/user/" + box + "/messages/INBOX")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var found []struct {
		Text string `json:"mimeMessage"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		t.Fatal(err)
	}
	for _, each := range found {
		message, err := mail.ReadMessage(strings.NewReader(each.Text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, message)
	}
	return all
}

func partsOf(t *testing.T, message *mail.Message) map[string]string {
	t.Helper()
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for reader := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err != nil {
			return parts
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.TrimSpace(string(text))
	}
}
