package code

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
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
	ctx, cancel := context.WithTimeout(ctx, time.Duration(n.Milliseconds)*time.Millisecond)
	defer cancel()
	var to program
	if err := in.Resource(ctx, n.Resource.ID, &to); err != nil {
		return node.Output{}, err
	}
	request, err := n.request(ctx, in, to)
	if err != nil {
		return node.Output{}, err
	}
	response, err := in.Client().Do(request)
	if err != nil {
		return node.Output{}, fmt.Errorf("ask the program: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return node.Output{}, fmt.Errorf("read the program's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return node.Output{}, fmt.Errorf("the program answered %d: %s", response.StatusCode, strings.TrimSpace(string(text[:min(len(text), maxComplaint)])))
	}
	a, err := parse(text)
	if err != nil {
		return node.Output{}, err
	}
	return a.apply(in)
}

func (n *Remote) request(ctx context.Context, in *node.Input, to program) (*http.Request, error) {
	asked, err := ask(in)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(n.Settings)
	if err != nil {
		return nil, err
	}
	asked = append(append(append(asked[:len(asked)-1], `,"settings":`...), settings...), '}')
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(asked))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Tracardi")
	if to.Token != "" {
		request.Header.Set("Authorization", "Bearer "+to.Token)
	}
	return request, nil
}
