// Package widget holds the nodes that show something in the page that sent the event.
//
// The tracker adds elements to the page. Those of the original's widgets come to life through scripts of the original, which
// the node loads from an address of your choice; chats load the script of their maker. A page with a content security policy
// must allow these scripts, and give the tracker its nonce for those that stand in the page itself.
package widget

import (
	"embed"
	"encoding/json"
	"maps"
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("widget", "Widgets", sources)

// show adds an element of a class with attributes to the page, and the script that brings it to life; empty for none.
func show(in *node.Input, class string, attributes map[string]any, script string) {
	props := maps.Clone(attributes)
	props["class"] = class
	in.Show(map[string]any{"tag": "div", "props": props})
	if script != "" {
		load(in, script)
	}
}

// load adds a script from elsewhere to the page.
func load(in *node.Input, src string) {
	in.Show(map[string]any{"tag": "script", "props": map[string]any{"src": src}})
}

// execute adds a script that stands in the page itself. Values go in by quote.
func execute(in *node.Input, code string) {
	in.Show(map[string]any{"tag": "script", "content": code})
}

// quote writes a value as JavaScript.
func quote(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	return string(text)
}

// identity are the attributes with which widgets send events of the same person and visit.
func identity(in *node.Input) map[string]any {
	attributes := map[string]any{"data-source-id": in.Event().Source.ID}
	if profile := in.Profile(); profile != nil {
		attributes["data-profile-id"] = profile.ID
	}
	if session := in.Session(); session != nil {
		attributes["data-session-id"] = session.ID
	}
	return attributes
}

// texts fills templates in, and puts the results under the names of attributes.
func texts(in *node.Input, attributes map[string]any, templates map[string]node.Template) error {
	for name, template := range templates {
		text, err := template.Render(in)
		if err != nil {
			return err
		}
		attributes[name] = text
	}
	return nil
}

// bundle is the address of a widget's script.
func bundle(base, path string) string { return strings.TrimRight(base, "/") + path }

// addresses checks settings that hold addresses.
func addresses(settings map[string]string) error {
	for setting, text := range settings {
		parsed, err := url.Parse(text)
		if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
			return tracardi.InvalidField(setting, "must be an address such as https://shop.example")
		}
	}
	return nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func theme(dark bool) string {
	if dark {
		return "dark"
	}
	return ""
}
