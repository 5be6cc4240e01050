package github

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "list-issues", Name: "List issues of GitHub", Icon: "list-details",
		New:     func() node.Node { return &ListIssues{Timeout: 10} },
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.github.issues.list.plugin.GitHubListIssuesAction"},
		Examples: []node.Example{
			{
				Name:   "issues",
				Config: `{"resource": "github", "owner": "tracardi", "repo": "go"}`,
				Port:   "payload",
				Result: `{"status": 200, "content": [{"number": 1}]}`,
			},
			{
				Name:   "no such repository",
				Config: `{"resource": "github", "owner": "tracardi", "repo": "no/body"}`,
				Port:   "error",
				Result: `{"message": "GitHub answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// ListIssues reads the newest open issues of a repository, which on GitHub include pull requests. They go on at the port payload, as
// {"status": 200, "content": [{"number": 1, "title": "…"}]}; a repository that is not there goes on at the port error.
type ListIssues struct {
	Source  node.Reference `json:"resource" title:"GitHub" help:"The resource with the token." kind:"resource:github" required:"true"`
	Owner   string         `json:"owner" title:"Owner" help:"Of the repository." required:"true"`
	Repo    string         `json:"repo" title:"Repository" help:"Its name." required:"true"`
	Timeout int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *ListIssues) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	return issues(ctx, in, n.Source, n.Timeout, n.Owner, n.Repo, "")
}
