package data

import (
	"context"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "decode-base64", Name: "Decode Base64", Icon: "code-minus",
		New:     func() node.Node { return &DecodeBase64{Charset: "utf_8"} },
		Aliases: []string{"tracardi.process_engine.action.v1.converters.base64.decode.plugin.Base64DecodeAction"},
		Examples: []node.Example{
			{Name: "a text", Config: `{"source": "payload@a"}`, Payload: `{"a": "xbzDsw=="}`, Port: "payload", Result: `{"text": "żó"}`},
			{Name: "no text in the encoding", Config: `{"source": "payload@a"}`, Payload: `{"a": "P_8_"}`, Error: "utf_8"},
			{
				Name: "in another encoding", Config: `{"source": "payload@a", "target_encoding": "latin_1"}`, Payload: `{"a": "6Q"}`,
				Port: "payload", Result: `{"text": "é"}`,
			},
			{Name: "no Base64", Config: `{"source": "payload@a"}`, Payload: `{"a": "a*b"}`, Error: "source"},
			{Name: "nothing", Config: `{"source": "payload@a"}`, Error: "payload@a is missing"},
		},
	})
}

// DecodeBase64 reads a text that is written as Base64: {"text": "…"}. It also reads the form for web addresses, and texts
// without padding.
type DecodeBase64 struct {
	Source  node.Value `json:"source" title:"Base64" help:"A text in Base64, or the place of one." required:"true"`
	Charset string     `json:"target_encoding" title:"Encoding" help:"How the bytes are turned into text, such as utf-8 or latin-1."`
}

// Check implements node.Checker.
func (n *DecodeBase64) Check() error {
	if _, err := charset(n.Charset); err != nil {
		return tracardi.InvalidField("target_encoding", "there is no encoding %q", n.Charset)
	}
	return nil
}

// Run implements node.Node.
func (n *DecodeBase64) Run(_ context.Context, in *node.Input) (node.Output, error) {
	written, err := n.Source.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	written = strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "", " ", "").Replace(strings.TrimRight(strings.TrimSpace(written), "="))
	bytes, err := base64.RawStdEncoding.DecodeString(written)
	if err != nil {
		return node.Output{}, tracardi.InvalidField("source", "is no Base64: %v", err)
	}
	set, err := charset(n.Charset)
	if err != nil {
		return node.Output{}, err
	}
	decoded, err := set.NewDecoder().Bytes(bytes)
	if err != nil || strings.Contains(string(decoded), string(utf8.RuneError)) {
		return node.Output{}, tracardi.InvalidField("source", "is no text in %s", n.Charset)
	}
	return node.To("payload", map[string]any{"text": string(decoded)}), nil
}
