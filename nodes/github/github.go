// Package github holds the nodes that read issues of GitHub.
package github

import (
	"context"
	"embed"
	"net/url"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("github", "GitHub", sources)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "github", Name: "GitHub", Icon: "brand-github", Doc: "An account of GitHub, or of a GitHub server of your own.",
		New: func() any { return &Account{URL: "https://api.github.com"} },
	})
}

// Account is a resource: an account of GitHub, or of a GitHub server of your own.
type Account struct {
	URL   string `json:"api_url" title:"URL" help:"https://api.github.com, or https://HOST/api/v3 of your own server." required:"true"`
	Token string `json:"personal_access_token" title:"Access token" help:"Needs to read issues; empty for public ones." secret:"true"`
}

// load reads a resource.
func load(ctx context.Context, in *node.Input, from node.Reference) (*Account, error) {
	found := &Account{URL: "https://api.github.com"}
	return found, in.Resource(ctx, from.ID, found)
}

// issues asks for issues of a repository.
func issues(ctx context.Context, in *node.Input, from node.Reference, timeout int, owner, repo, path string) (node.Output, error) {
	account, err := load(ctx, in, from)
	if err != nil {
		return node.Output{}, err
	}
	return call.Request{
		System: "GitHub", URL: strings.TrimSuffix(account.URL, "/") + "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(repo) + "/issues" + path,
		Bearer: account.Token, Timeout: time.Duration(timeout) * time.Second,
		Header: map[string]string{"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "Tracardi"},
	}.Output(ctx, in, "payload")
}
