package github

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "get-issue", Name: "Get issue of GitHub", Icon: "circle-dot",
		New:     func() node.Node { return &GetIssue{Timeout: 10} },
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.github.issues.get.plugin.GitHubGetIssueAction"},
		Examples: []node.Example{
			{
				Name:    "an issue",
				Config:  `{"resource": "github", "owner": "tracardi", "repo": "go", "issue_id": "payload@n"}`,
				Payload: `{"n": 7}`,
				Port:    "payload",
				Result:  `{"status": 200, "content": {"number": 7}}`,
			},
			{
				Name:   "no such issue",
				Config: `{"resource": "github", "owner": "tracardi", "repo": "go", "issue_id": "8"}`,
				Port:   "error",
				Result: `{"message": "GitHub answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// GetIssue reads an issue of a repository. It goes on at the port payload, as {"status": 200, "content": {"number": 1, "title":
// "…"}}; one that is not there goes on at the port error.
type GetIssue struct {
	Source  node.Reference `json:"resource" title:"GitHub" help:"The resource with the token." kind:"resource:github" required:"true"`
	Owner   string         `json:"owner" title:"Owner" help:"Of the repository." required:"true"`
	Repo    string         `json:"repo" title:"Repository" help:"Its name." required:"true"`
	Issue   node.Value     `json:"issue_id" title:"Number" help:"Of the issue, or a place that holds it." required:"true"`
	Timeout int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *GetIssue) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	number, err := n.Issue.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	return issues(ctx, in, n.Source, n.Timeout, n.Owner, n.Repo, "/"+url.PathEscape(number))
}
