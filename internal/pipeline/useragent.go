package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/maypok86/otter/v2"
	"github.com/ua-parser/uap-go/uaparser"

	"github.com/tracardi/tracardi-go"
)

const (
	maxAgent     = 512 // bytes of a user agent that are looked at: the time to read one grows with its length
	cachedAgents = 4096
)

// Kinds of devices.
const (
	deviceMobile = "mobile"
	devicePC     = "pc"
	deviceTablet = "tablet"
	deviceEmail  = "email"
)

// agent is what a user agent tells.
type agent struct {
	os     tracardi.OS
	device tracardi.Device
	app    tracardi.App
}

// Agents recognizes devices and programs by their user agents. It is safe for concurrent use. Its rules (11 MB) are read when
// the first one is asked for, which takes 50 ms; a user agent that it hasn't seen lately takes a millisecond.
type Agents struct {
	rules func() (*uaparser.Parser, error)
	seen  *otter.Cache[string, agent]
}

// NewAgents makes an empty memory of user agents.
func NewAgents() *Agents {
	return &Agents{
		rules: sync.OnceValues(func() (*uaparser.Parser, error) {
			return uaparser.New(uaparser.WithCacheSize(1)) // it has three caches for what seen holds in one
		}),
		seen: otter.Must(&otter.Options[string, agent]{MaximumSize: cachedAgents}),
	}
}

// Recognize fills operating system, device, app and address of a new session. What the client's context says of device and
// screen outweighs the user agent.
func (a *Agents) Recognize(w *Work) error {
	s := w.Session
	if !s.New {
		return nil
	}
	sender, err := a.read(requestAgent(w.Payload))
	if err != nil {
		return err
	}
	known := sender
	// A server that passes events on has an agent of its own, and tells the browser's in the context.
	browser := s.Context.Object("browser", "local", "browser")
	if text := browser.Text("userAgent"); text != "" && text != w.Payload.Request.UserAgent {
		if known, err = a.read(text); err != nil {
			return err
		}
	}
	s.OS, s.Device, s.App = known.os, known.device, known.app
	s.App.Bot = known.app.Bot || sender.app.Bot || namesBot(w.Payload)
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

func (a *Agents) read(text string) (agent, error) {
	if text == "" {
		return agent{}, nil
	}
	if len(text) > maxAgent {
		text = strings.ToValidUTF8(text[:maxAgent], "")
	}
	if known, ok := a.seen.GetIfPresent(text); ok {
		return known, nil
	}
	rules, err := a.rules()
	if err != nil {
		return agent{}, fmt.Errorf("rules of user agents: %w", err)
	}
	found := judge(text, rules.Parse(text))
	a.seen.Set(strings.Clone(text), found)
	return found, nil
}

// judge turns the findings of the rules into ours.
func judge(text string, found *uaparser.Client) agent {
	known := agent{
		os:     tracardi.OS{Name: unlessOther(found.Os.Family), Version: found.Os.ToVersionString()},
		app:    tracardi.App{Type: "browser", Name: unlessOther(found.UserAgent.Family), Version: found.UserAgent.ToVersionString()},
		device: tracardi.Device{Name: unlessOther(found.Device.Family), Brand: found.Device.Brand, Model: found.Device.Model},
	}
	if found.Device.Family == "Spider" {
		known.app.Bot = true
		return known
	}
	known.device.Type = deviceType(text, found)
	known.device.Touch = known.device.Type == deviceMobile || known.device.Type == deviceTablet
	return known
}

func unlessOther(family string) string {
	if family == "Other" {
		return ""
	}
	return family
}

var mailPrograms = []string{
	"Airmail", "Apple Mail", "Lotus Notes", "MacOutlook", "MailBar", "Outlook", "Outlook-iOS", "Outlook-iOS-Android", "Postbox",
	"Thunderbird", "Windows Live Mail", "YahooMailProxy", "YahooMobileMail", "kmail2",
}

var computers = []string{
	"Arch Linux", "CentOS", "Chrome OS", "Debian", "Fedora", "FreeBSD", "Linux", "Linux Mint", "Mac OS", "Mac OS X", "NetBSD", "OpenBSD",
	"Red Hat", "SUSE", "Solaris", "Ubuntu", "Windows",
}

func deviceType(text string, found *uaparser.Client) string {
	has := func(word string) bool { return strings.Contains(text, word) }
	switch system := found.Os.Family; {
	case slices.Contains(mailPrograms, found.UserAgent.Family):
		return deviceEmail
	case has("iPad"), has("Tablet"), has("Kindle"), has("PlayBook"), has("Silk/") && !has("Mobile"):
		return deviceTablet
	case system == "Android" && !has("Mobile"):
		return deviceTablet // what Google asks makers to do
	case system == "Android", system == "iOS", has("iPhone"), has("iPod"), has("Mobile"), has("Opera Mini"), has("BlackBerry"):
		return deviceMobile
	case slices.Contains(computers, system):
		return devicePC
	}
	return ""
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
	case deviceMobile, devicePC, deviceTablet, deviceEmail:
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
