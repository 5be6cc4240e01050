// Package message holds the nodes that send short messages: chats, phones, notifications.
package message

import (
	"embed"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("message", "Messages", sources)

// response is the port of what a system answers.
var response = []node.Port{{Name: "response", Doc: "The message was taken."}}
