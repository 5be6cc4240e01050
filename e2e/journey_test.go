package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const basketTime = 500 * time.Millisecond // that a basket is left alone

// TestAbandonedBasket goes the way that docs/flows.md describes with a real mail server, and kills the program at every place of it: one mail comes,
// never two and never none.
func TestAbandonedBasket(t *testing.T) {
	post := newPost(t)
	data := t.TempDir()
	shop := &shop{t: t, data: data, post: post}
	shop.open()
	shop.furnish()

	for _, c := range []struct {
		name string
		at   string // of the conversation with the mail server, where the program is killed
		down func() // kills the program and starts it again
	}{
		{name: "nothing happens"},
		{name: "killed while it waits", down: func() { shop.kill(); shop.open() }},
		{name: "due while it is down", down: func() { shop.kill(); pass(t, 2*basketTime); shop.open() }},
		{name: "killed about when it is due", down: func() {
			for range 3 {
				pass(t, basketTime/4+time.Duration(rand.Int64N(int64(basketTime/6))))
				shop.kill()
				shop.open()
			}
		}},
		{name: "killed before the mail", at: "greeting"},
		{name: "killed within the mail", at: "354"},
		{name: "killed before the word", at: "mail"},
		{name: "killed with the word", at: "word"},
	} {
		box := shop.basket(c.name)
		killed := post.killAt(c.at, shop.program)
		if c.down != nil {
			c.down()
		}
		if c.at != "" {
			<-killed
			shop.program.wait()
			shop.open()
		}
		shop.endsWithOneMail(box, c.at != "" || c.down != nil)
	}
	for name, after := range map[string]string{"ordered": "order-completed", "refused": "refuse"} {
		box := shop.basket(name)
		shop.send(box, after)
		shop.kill()
		shop.open()
		shop.ended(box)
		if n := len(post.mails(box)); n != 0 {
			t.Errorf("%s: %d mails came, want none", box, n)
		}
	}
}

// shop is the program with the journey.
type shop struct {
	t       *testing.T
	data    string
	program *program
	post    *post
}

func (s *shop) open() {
	s.t.Helper()
	s.program = start(s.t, s.data, "--egress-allow=127.0.0.0/8")
}

func (s *shop) kill() { s.program.signal(syscall.SIGKILL) }

// furnish makes the source, the mail server, the flows and what triggers them.
func (s *shop) furnish() {
	s.t.Helper()
	p := s.program
	p.must("POST", "/api/v1/sources", `{"id": "shop", "name": "Shop", "types": ["rest"]}`, nil)
	p.must("POST", "/api/v1/resources", fmt.Sprintf(`{"id": "mail", "name": "Mail", "type": "smtp", "settings": {"host": "127.0.0.1", "port": %d}}`, s.post.port), nil)
	one := func(kind, config string) string {
		return fmt.Sprintf(`{"nodes": [{"id": "s", "type": "control.start"}, {"id": "n", "type": %q, "config": %s}],
			"edges": [{"id": "1", "from": "s", "port": "payload", "to": "n"}]}`, kind, config)
	}
	for _, r := range journey(s.t, basketTime.String()) {
		p.must(r.method, r.path, r.body, nil)
	}
	for id, draft := range map[string]string{
		"agree":  one("consent.add", `{"consents": {"mail": true}}`),
		"refuse": one("data.delete", `{"delete": ["profile@consents.mail"]}`),
	} {
		p.must("POST", "/api/v1/flows", fmt.Sprintf(`{"id": %q, "name": %q, "draft": %s}`, id, id, draft), nil)
		p.must("POST", "/api/v1/flows/"+id+"/publish", `{"note": "ready"}`, nil)
		p.must("POST", "/api/v1/triggers", fmt.Sprintf(`{"name": %q, "flow": %q, "event_type": %q}`, id, id, id), nil)
	}
}

// basket lets somebody who agrees to mail leave a basket, and returns the address.
func (s *shop) basket(name string) (box string) {
	s.t.Helper()
	box = fmt.Sprintf("%s-%d@example.com", strings.ReplaceAll(name, " ", "-"), time.Now().UnixNano())
	s.send(box, "agree")
	s.send(box, "basket-updated")
	return box
}

func (s *shop) send(box, event string) {
	s.t.Helper()
	s.program.must("POST", "/track", fmt.Sprintf(`{"source": {"id": "shop"}, "session": {"id": %q}, "events": [{"type": %q, "properties": {"email": %q}}]}`, box, event, box), nil)
}

type runOfJourney struct {
	ID, Status, Failure string
	Waits               []struct {
		Pause   int
		Unknown string
	}
}

// settled waits until the run of a basket stands still.
func (s *shop) settled(box string) (run runOfJourney) {
	s.t.Helper()
	await(s.t, "the run of "+box+" to end", func() bool {
		var runs struct{ Items []runOfJourney }
		s.program.must("GET", "/api/v1/runs?flow=abandoned-basket&q="+url.QueryEscape(`session.id = "`+box+`"`), "", &runs)
		if len(runs.Items) != 1 {
			return false
		}
		run = runs.Items[0]
		return run.Status != "waiting"
	})
	return run
}

func (s *shop) ended(box string) {
	s.t.Helper()
	if run := s.settled(box); run.Status != "done" {
		s.t.Errorf("%s: the run is %s: %+v", box, run.Status, run)
	}
}

// endsWithOneMail looks at the run and the mailbox. Where nobody but a person can know whether a mail was sent, it decides as a
// person does, who looks at the mailbox too.
func (s *shop) endsWithOneMail(box string, mayBeUnknown bool) {
	s.t.Helper()
	run := s.settled(box)
	arrived := s.post.mails(box)
	switch {
	case run.Status == "unknown" && mayBeUnknown && len(arrived) < 2:
		outcome := "again"
		if len(arrived) == 1 {
			outcome = "done"
		}
		s.t.Logf("%s: unknown with %d mails: %s", box, len(arrived), run.Waits[0].Unknown)
		decision := fmt.Sprintf(`{"pause": %d, "outcome": %q}`, run.Waits[0].Pause, outcome)
		s.program.must("POST", "/api/v1/runs/"+run.ID+"/decide", decision, nil)
		await(s.t, "the decision", func() bool { return s.settled(box).Status != "unknown" })
	case run.Status == "unknown":
		s.t.Fatalf("%s: it is unknown whether the mail was sent: %+v", box, run)
	}
	s.ended(box)
	if arrived = s.post.mails(box); len(arrived) != 1 || arrived[0].Header.Get("Message-ID") == "" {
		s.t.Errorf("%s: %d mails came, want one", box, len(arrived))
	}
}

func pass(t *testing.T, d time.Duration) {
	select {
	case <-t.Context().Done():
	case <-time.After(d):
	}
}

// post is the way to a real mail server. It listens to what is said, and can kill the program at a word.
type post struct {
	t    *testing.T
	port int
	real string // address of the mail server
	api  string // of its mailboxes

	mu   sync.Mutex
	at   string
	kill func()
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, api: service(t, "TRACARDI_TEST_MAIL_API_URL")}
	server, err := url.Parse(service(t, "TRACARDI_TEST_SMTP_URL"))
	if err != nil {
		t.Fatal(err)
	}
	p.real = server.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = listener.Addr().(*net.TCPAddr).Port
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { p.carry(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); open.Wait() })
	return p
}

// service is the address of a test server.
func service(t *testing.T, variable string) string {
	t.Helper()
	address := os.Getenv(variable)
	switch {
	case address != "":
	case os.Getenv("TRACARDI_TEST_REQUIRED") != "" || os.Getenv("CI") != "":
		t.Fatalf("%s is not set: see test/services/README.md", variable)
	default:
		t.Skipf("%s is not set: see test/services/README.md", variable)
	}
	return address
}

// killAt kills a program at a place of its next conversation, and then closes the channel.
func (p *post) killAt(place string, victim *program) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	killed := make(chan struct{})
	p.at, p.kill = place, func() {
		_ = victim.command.Process.Signal(syscall.SIGKILL)
		close(killed)
	}
	return killed
}

// place says that a conversation has come to a place.
func (p *post) place(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == name {
		p.kill()
		p.at = ""
	}
}

// carry takes the words of a program to the mail server and back.
func (p *post) carry(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", p.real)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer func() { _ = to.Close() }()
	var mu sync.Mutex
	whole := false // the mail was handed over, and the server has not said yet that it took it
	var asked sync.WaitGroup
	asked.Go(func() {
		buffer := make([]byte, 64<<10)
		for text := ""; ; {
			n, err := from.Read(buffer)
			text += string(buffer[:n])
			if strings.HasSuffix(text, "\r\n.\r\n") {
				mu.Lock()
				whole, text = true, ""
				mu.Unlock()
			}
			if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
				_ = to.(*net.TCPConn).CloseWrite()
				return
			}
		}
	})
	buffer := make([]byte, 4<<10)
	for first := true; ; first = false {
		n, err := to.Read(buffer)
		mu.Lock()
		word := whole && n > 0
		if word {
			whole = false
		}
		mu.Unlock()
		switch {
		case first:
			p.place("greeting")
		case strings.HasPrefix(string(buffer[:n]), "354"):
			p.place("354")
		case word:
			p.place("mail")
		}
		if _, failed := from.Write(buffer[:n]); err != nil || failed != nil {
			break
		}
		if word {
			p.place("word")
		}
	}
	asked.Wait()
}

// mails asks the server what has arrived.
func (p *post) mails(box string) (all []*mail.Message) {
	p.t.Helper()
	client := &http.Client{Timeout: time.Minute}
	answer, err := client.Get(p.api + "/user/" + url.PathEscape(box) + "/messages/INBOX")
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if answer.StatusCode == http.StatusBadRequest || answer.StatusCode == http.StatusNotFound {
		return nil // nobody of that name got a mail yet
	}
	var found []struct {
		Text string `json:"mimeMessage"`
	}
	if err := json.Unmarshal(text, &found); err != nil {
		p.t.Fatalf("%s: %v in %s", strconv.Itoa(answer.StatusCode), err, text)
	}
	for _, each := range found {
		message, err := mail.ReadMessage(strings.NewReader(each.Text))
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, message)
	}
	return all
}
