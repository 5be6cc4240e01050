package github_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/github"
)

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"list-issues": {
		{
			Request: "GET https://api.github.com/repos/tracardi/go/issues",
			Header:  map[string]string{"Authorization": "Bearer pat", "Accept": "application/vnd.github+json", "X-Github-Api-Version": "2022-11-28", "User-Agent": "Tracardi"},
			Answer:  `[{"number": 1}]`,
		},
		{Request: "GET https://api.github.com/repos/tracardi/no%2Fbody/issues", Status: 404},
	},
	"get-issue": {
		{
			Request: "GET https://api.github.com/repos/tracardi/go/issues/7",
			Header:  map[string]string{"Authorization": "Bearer pat", "Accept": "application/vnd.github+json", "X-Github-Api-Version": "2022-11-28", "User-Agent": "Tracardi"},
			Answer:  `{"number": 7}`,
		},
		{Request: "GET https://api.github.com/repos/tracardi/go/issues/8", Status: 404},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "github", map[string]any{"github": map[string]any{"personal_access_token": "pat"}}, calls)
}
