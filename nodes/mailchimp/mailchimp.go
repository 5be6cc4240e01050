// Package mailchimp holds the nodes that keep audiences and send mail through Mailchimp.
package mailchimp

import (
	"context"
	"crypto/md5" // how Mailchimp names members
	"embed"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("mailchimp", "Mailchimp", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "mailchimp", Name: "Mailchimp", Icon: "mail-star", Doc: "An account of Mailchimp, or of its transactional mail.",
		New: func() any { return &Account{} },
	})
}

// Account is a resource: an account of Mailchimp, or of its transactional mail.
type Account struct {
	Token string `json:"token" title:"API key" help:"Of the account, such as 0123…-us6; for the node that sends mail, the key of Mailchimp Transactional." secret:"true" required:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{}
	return found, in.Resource(ctx, from.ID, found)
}

// response is the port of what Mailchimp answers.
var response = []node.Port{{Name: "response", Doc: "What Mailchimp answers."}}

var center = regexp.MustCompile(`^[a-z]+[0-9]+$`)

// members is a call for the members of an audience.
func members(ctx context.Context, in *node.Input, from, audience node.Reference, method, path string) (r call.Request, err error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return r, err
	}
	place := account.Token[strings.LastIndexByte(account.Token, '-')+1:]
	if !center.MatchString(place) {
		return r, tracardi.Errorf(tracardi.Invalid, "the key of %s does not end with the data center, such as -us6", from.ID)
	}
	return call.Request{
		System: "Mailchimp", Method: method, User: "key", Password: account.Token,
		URL: "https://" + place + ".api.mailchimp.com/3.0/lists/" + url.PathEscape(audience.ID) + "/members" + path,
	}, nil
}

// member is the place of an address in an audience.
func member(address string) string {
	sum := md5.Sum([]byte(strings.ToLower(address)))
	return "/" + hex.EncodeToString(sum[:])
}
