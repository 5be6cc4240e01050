// Package useragent tells devices and programs by what they say of themselves.
package useragent

import (
	"fmt"
	"slices"
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
	Mobile = "mobile"
	PC     = "pc"
	Tablet = "tablet"
	Email  = "email"
)

// Agent is what a user agent tells.
type Agent struct {
	OS     tracardi.OS
	Device tracardi.Device
	App    tracardi.App
}

// Reader reads user agents. It is safe for concurrent use. Its rules (11 MB) are read when the first one is asked for, which takes
// 50 ms; a user agent that it hasn't seen lately takes a millisecond.
type Reader struct {
	rules func() (*uaparser.Parser, error)
	seen  *otter.Cache[string, Agent]
}

// Shared is the reader of the whole program, so that there is one set of rules in memory.
var Shared = sync.OnceValue(New)

// New makes a reader that has seen nothing yet.
func New() *Reader {
	return &Reader{
		rules: sync.OnceValues(func() (*uaparser.Parser, error) {
			return uaparser.New(uaparser.WithCacheSize(1)) // it has three caches for what seen holds in one
		}),
		seen: otter.Must(&otter.Options[string, Agent]{MaximumSize: cachedAgents}),
	}
}

// Read tells what a user agent says; an empty one says nothing.
func (r *Reader) Read(text string) (Agent, error) {
	if text == "" {
		return Agent{}, nil
	}
	if len(text) > maxAgent {
		text = strings.ToValidUTF8(text[:maxAgent], "")
	}
	if known, ok := r.seen.GetIfPresent(text); ok {
		return known, nil
	}
	rules, err := r.rules()
	if err != nil {
		return Agent{}, fmt.Errorf("rules of user agents: %w", err)
	}
	found := judge(text, rules.Parse(text))
	r.seen.Set(strings.Clone(text), found)
	return found, nil
}

// judge turns the findings of the rules into ours.
func judge(text string, found *uaparser.Client) Agent {
	known := Agent{
		OS:     tracardi.OS{Name: unlessOther(found.Os.Family), Version: found.Os.ToVersionString()},
		App:    tracardi.App{Type: "browser", Name: unlessOther(found.UserAgent.Family), Version: found.UserAgent.ToVersionString()},
		Device: tracardi.Device{Name: unlessOther(found.Device.Family), Brand: found.Device.Brand, Model: found.Device.Model},
	}
	if found.Device.Family == "Spider" {
		known.App.Bot = true
		return known
	}
	known.Device.Type = deviceType(text, found)
	known.Device.Touch = known.Device.Type == Mobile || known.Device.Type == Tablet
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
		return Email
	case has("iPad"), has("Tablet"), has("Kindle"), has("PlayBook"), has("Silk/") && !has("Mobile"):
		return Tablet
	case system == "Android" && !has("Mobile"):
		return Tablet // what Google asks makers to do
	case system == "Android", system == "iOS", has("iPhone"), has("iPod"), has("Mobile"), has("Opera Mini"), has("BlackBerry"):
		return Mobile
	case slices.Contains(computers, system):
		return PC
	}
	return ""
}
