package crm

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "ghost-labels", Name: "Label member of Ghost", Icon: "ghost",
		New:  func() node.Node { return &Ghost{} },
		Out:  []node.Port{{Name: "result", Doc: "The member has the labels."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.ghost.plugin.GhostAction"},
		Examples: []node.Example{
			{
				Name:    "a member",
				Config:  `{"resource": "ghost", "uuid": "payload@uuid"}`,
				Profile: `{"segments": ["vip", "buyers"]}`,
				Payload: `{"uuid": "6b1f8a0e-0000-4000-8000-000000000001"}`,
				Port:    "result",
				Result:  `{"members": [{"id": "m1"}]}`,
			},
			{
				Name:   "nobody",
				Config: `{"resource": "ghost", "uuid": "6b1f8a0e-0000-4000-8000-000000000002"}`,
				Port:   "error",
				Result: `{"message": "Ghost has no such member"}`,
			},
			{
				Name:   "no UUID",
				Config: `{"resource": "ghost", "uuid": "'+id:1"}`,
				Error:  `uuid: `,
			},
		},
	})
}

// Ghost gives a member of a Ghost site the segments of the profile as labels, beside those that the member has. What Ghost has then
// goes on at the port result, as {"members": [{…}]}; a member that is not there goes on at the port error.
type Ghost struct {
	Source node.Reference `json:"resource" title:"Ghost" help:"The resource with the key." kind:"resource:ghost" required:"true"`
	UUID   node.Value     `json:"uuid" title:"Member" help:"The UUID of the member, or a place that holds it." required:"true"`
}

// Run implements node.Node.
func (n *Ghost) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	site := &GhostSite{}
	if err := in.Resource(ctx, n.Source.ID, site); err != nil {
		return node.Output{}, err
	}
	text, err := n.UUID.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return node.Output{}, tracardi.InvalidField("uuid", "%q is no UUID", text)
	}
	request, err := site.request(in)
	if err != nil {
		return node.Output{}, err
	}
	request.Query = url.Values{"filter": {"uuid:'" + id.String() + "'"}, "include": {"labels"}}
	found, err := request.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	member, _ := tracardi.Dig(found.Content(), "members", "0")
	known, _ := tracardi.Dig(member, "id")
	memberID, ok := known.(string)
	if !found.OK() {
		return found.Refuse(found.Payload()), nil
	}
	if !ok {
		return node.Fail("Ghost has no such member"), nil
	}
	request.Query, request.Method, request.URL = nil, "PUT", request.URL+url.PathEscape(memberID)+"/"
	request.JSON = map[string]any{"members": []any{map[string]any{"labels": labels(in, member)}}}
	return request.Reply(ctx, in, "result")
}

// labels are those that the member has, and the segments of the profile.
func labels(in *node.Input, member any) []any {
	names := []string{}
	had, _ := tracardi.Dig(member, "labels")
	list, _ := had.([]any)
	for _, label := range list {
		name, _ := tracardi.Dig(label, "name")
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	if profile := in.Profile(); profile != nil {
		names = append(names, profile.Segments...)
	}
	all := []any{}
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			all = append(all, map[string]any{"name": name})
		}
	}
	return all
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "ghost", Name: "Ghost", Icon: "ghost", Doc: "A site of Ghost.",
		New: func() any { return &GhostSite{} },
	})
}

// GhostSite is a resource.
type GhostSite struct {
	URL string `json:"api_url" title:"URL" help:"Of the site, such as https://blog.example.com." required:"true"`
	Key string `json:"api_key" title:"Admin API key" help:"Of a custom integration: an id, a colon and a secret." secret:"true" required:"true"`
}

// request is a call for members, identified by a token that is good for five minutes.
func (s *GhostSite) request(in *node.Input) (r call.Request, err error) {
	id, secret, _ := strings.Cut(s.Key, ":")
	key, err := hex.DecodeString(secret)
	if err != nil || len(key) == 0 {
		return r, tracardi.Errorf(tracardi.Invalid, "the key of Ghost must be an id, a colon and a secret in hexadecimal digits")
	}
	part := base64.RawURLEncoding.EncodeToString
	now := in.Now().Unix()
	token := part([]byte(`{"alg":"HS256","typ":"JWT","kid":`+strconv.Quote(id)+`}`)) + "." +
		part([]byte(`{"iat":`+strconv.FormatInt(now, 10)+`,"exp":`+strconv.FormatInt(now+5*60, 10)+`,"aud":"/admin/"}`))
	signature := hmac.New(sha256.New, key)
	signature.Write([]byte(token))
	return call.Request{
		System: "Ghost", URL: strings.TrimSuffix(s.URL, "/") + "/ghost/api/admin/members/",
		Header: map[string]string{"Authorization": "Ghost " + token + "." + part(signature.Sum(nil)), "Accept-Version": "v5.0"},
	}, nil
}
