package code

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "remote", Name: "Remote program", Icon: "plug-connected", Out: ports, Acts: true,
		New: func() node.Node { return &Remote{Milliseconds: 2000} },
		Examples: []node.Example{
			{Name: "a new payload", Config: `{"resource": "scores", "settings": {"model": "b"}}`, Payload: `{"a": 1}`, Port: "payload", Result: `{"a": 1, "score": 7}`},
			{Name: "a decision", Config: `{"resource": "scores", "settings": {"say": true}}`, Payload: `{"a": 1}`, Port: "true"},
			{Name: "the other decision", Config: `{"resource": "scores", "settings": {"say": false}}`, Payload: `{"a": 1}`, Port: "false"},
			{Name: "a refusal", Config: `{"resource": "scores", "settings": {"say": "no"}}`, Error: "answered 422: no such model"},
		},
	})
}

// Remote asks a program elsewhere, written in any language, over HTTP.
//
// The program gets a POST whose JSON body has the members payload, event, profile, session, flow, memory, now and the settings of
// this node. It answers 200 with a JSON object: port (payload, true, false, error, or left out when nothing goes on), payload
// (left out: the one that arrived), changes (a list of [place, value] to write and [place] to remove, such as
// ["profile@traits.color", "red"]) and logs (lines to note beside the run). Any other status, an answer over 1 MB and silence over
// the time that is set go to the port error.
//
// The resource holds the program's address and, if it has one, the token that it gets in the header Authorization.
type Remote struct {
	Resource     node.Reference `json:"resource" title:"Program" help:"The resource with the program's address." kind:"resource:program" required:"true"`
	Settings     any            `json:"settings" title:"Settings" help:"Anything that the program is to know, as JSON." widget:"json"`
	Milliseconds int            `json:"milliseconds" title:"Longest wait" help:"Milliseconds to wait for the answer." min:"1" max:"30000"`
}

// program is where a remote program is.
type program struct {
	URL   string `json:"url" title:"Address" help:"Where the program takes its questions, such as https://nodes.example/score." address:"true" required:"true"`
	Token string `json:"token" title:"Token" help:"Goes along as Authorization: Bearer …" secret:"true"`
}

// Check implements node.Checker.
func (p *program) Check() error {
	address, err := url.Parse(p.URL)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return tracardi.InvalidField("url", "is not a web address such as https://nodes.example/score")
	}
	return nil
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "program", Name: "Remote program", Icon: "plug-connected", New: func() any { return &program{} },
		Doc: "A program of your own that answers as a node of flows, over HTTP.",
	})
}

// Run implements node.Node.
func (n *Remote) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	var to program
	if err := in.Resource(ctx, n.Resource.ID, &to); err != nil {
		return node.Output{}, err
	}
	asked, err := ask(in)
	if err != nil {
		return node.Output{}, err
	}
	settings, err := json.Marshal(n.Settings)
	if err != nil {
		return node.Output{}, err
	}
	answer, err := call.Request{
		System: "the program", Method: http.MethodPost, URL: to.URL, Bearer: to.Token, Type: "application/json", Bytes: maxAnswer,
		Body:    append(append(append(asked[:len(asked)-1], `,"settings":`...), settings...), '}'),
		Timeout: time.Duration(n.Milliseconds) * time.Millisecond, Header: map[string]string{"User-Agent": "Tracardi"},
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if answer.Status != http.StatusOK {
		return node.Output{}, fmt.Errorf("the program answered %d: %s", answer.Status, strings.TrimSpace(string(answer.Body[:min(len(answer.Body), maxComplaint)])))
	}
	a, err := parse(answer.Body)
	if err != nil {
		return node.Output{}, err
	}
	return a.apply(in)
}
