package pipeline

import (
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/useragent"
)

// Agents recognizes devices and programs by their user agents. It is safe for concurrent use.
type Agents struct{ reader *useragent.Reader }

// NewAgents makes it upon the memory of user agents that the program shares.
func NewAgents() *Agents { return &Agents{useragent.Shared()} }

// Recognize fills operating system, device, app and address of a new session. What the client's context says of device and
// screen outweighs the user agent.
func (a *Agents) Recognize(w *Work) error {
	s := w.Session
	if !s.New {
		return nil
	}
	sender, err := a.reader.Read(requestAgent(w.Payload))
	if err != nil {
		return err
	}
	known := sender
	// A server that passes events on has an agent of its own, and tells the browser's in the context.
	browser := s.Context.Object("browser", "local", "browser")
	if text := browser.Text("userAgent"); text != "" && text != w.Payload.Request.UserAgent {
		if known, err = a.reader.Read(text); err != nil {
			return err
		}
	}
	s.OS, s.Device, s.App = known.OS, known.Device, known.App
	s.App.Bot = known.App.Bot || sender.App.Bot || namesBot(w.Payload)
	s.App.Language = browser.Text("language")
	overrideDevice(&s.Device, s.Context.Object("device"))
	readScreen(&s.Device, s.Context.Object("screen", "local"))
	if ip := w.Payload.Request.IP; ip != "" {
		s.Device.IP = ip
		s.Context.Set(ip, "ip")
	}
	return nil
}

func requestAgent(p *tracardi.Payload) string {
	if p.Request.UserAgent != "" {
		return p.Request.UserAgent
	}
	return p.Request.Headers.Text("user-agent")
}

// namesBot tells whether a crawler says in the From header who it is.
func namesBot(p *tracardi.Payload) bool {
	from := p.Request.Headers.Text("from")
	return strings.EqualFold(from, "googlebot(at)googlebot.com") || strings.EqualFold(from, "bingbot(at)microsoft.com")
}

// overrideDevice takes over what the client itself knows of its device.
func overrideDevice(d *tracardi.Device, told tracardi.Object) {
	put := func(field *string, name string) {
		if text := told.Text(name); text != "" {
			*field = text
		}
	}
	put(&d.Name, "name")
	put(&d.Brand, "brand")
	put(&d.Model, "model")
	switch kind := told.Text("type"); kind {
	case useragent.Mobile, useragent.PC, useragent.Tablet, useragent.Email:
		d.Type = kind
	}
	if touch, _ := told.Get("touch"); touch != nil {
		d.Touch, _ = touch.(bool)
	}
}

func readScreen(d *tracardi.Device, screen tracardi.Object) {
	size := func(name string) int {
		value, _ := screen.Get(name)
		n, _ := value.(float64)
		if n < 0 || n > 1e6 {
			return 0
		}
		return int(n)
	}
	if width, height := size("width"), size("height"); width > 0 && height > 0 {
		d.Resolution = strconv.Itoa(width) + "x" + strconv.Itoa(height)
	}
	d.ColorDepth = size("colorDepth")
	d.Orientation = screen.Text("orientation")
}
