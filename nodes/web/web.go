// Package web holds the nodes that call any system over HTTP.
package web

import (
	"embed"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("web", "Web", sources)

// ports of a node that calls.
var ports = []node.Port{{Name: "response", Doc: "The other system did what it was asked for; the payload is its answer."}}

// texts makes the values of headers or cookies.
func texts(in *node.Input, setting string, of map[string]node.Value) (map[string]string, error) {
	made := map[string]string{}
	for name, value := range of {
		text, err := value.Text(in)
		if err != nil {
			return nil, err
		}
		if strings.ContainsAny(text, "\r\n") {
			return nil, tracardi.InvalidField(setting+"."+name, "must be one line")
		}
		made[name] = text
	}
	return made, nil
}

// answered is the payload of a call: {"status": 200, "content": …, "cookies": {…}}.
func answered(answer *call.Answer, content any) map[string]any {
	return map[string]any{"status": answer.Status, "content": content, "cookies": answer.Cookies()}
}

// seconds is a setting as a duration.
func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// checkURL makes sure that a URL names its system itself, so that no value of the data can choose another one.
func checkURL(setting, text string) error {
	scheme, rest, _ := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	if (scheme != "http" && scheme != "https") || host == "" {
		return tracardi.InvalidField(setting, "must begin with https:// and the name of the system")
	}
	if strings.Contains(host, "{{") {
		return tracardi.InvalidField(setting, "the name of the system (%s) can't come from the data", host)
	}
	return nil
}
