package data

import (
	"context"
	"encoding/base64"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "encode-base64", Name: "Encode Base64", Icon: "code-plus",
		New:     func() node.Node { return &EncodeBase64{Charset: "utf_8"} },
		Aliases: []string{"tracardi.process_engine.action.v1.converters.base64.encode.plugin.Base64EncodeAction"},
		Examples: []node.Example{
			{Name: "a text", Config: `{"source": "payload@a"}`, Payload: `{"a": "żó"}`, Port: "payload", Result: `{"base64": "xbzDsw=="}`},
			{
				Name: "in another encoding", Config: `{"source": "payload@a", "source_encoding": "latin_1"}`, Payload: `{"a": "é"}`,
				Port: "payload", Result: `{"base64": "6Q=="}`,
			},
			{
				Name: "letters that the encoding lacks", Config: `{"source": "payload@a", "source_encoding": "latin_1"}`, Payload: `{"a": "ż"}`,
				Error: "source",
			},
			{Name: "nothing", Config: `{"source": "payload@a"}`, Error: "payload@a is missing"},
		},
	})
}

// EncodeBase64 writes a text as Base64: {"base64": "…"}.
type EncodeBase64 struct {
	Source  node.Value `json:"source" title:"Text" help:"A text, or the place of one." required:"true"`
	Charset string     `json:"source_encoding" title:"Encoding" help:"How the text is turned into bytes, such as utf-8 or latin-1."`
}

// Check implements node.Checker.
func (n *EncodeBase64) Check() error {
	_, err := charset(n.Charset)
	if err != nil {
		return tracardi.InvalidField("source_encoding", "there is no encoding %q", n.Charset)
	}
	return nil
}

// charset finds an encoding, also by the names that Python has for it.
func charset(name string) (encoding.Encoding, error) {
	name = strings.ToLower(name)
	if found, err := htmlindex.Get(strings.ReplaceAll(name, "_", "-")); err == nil {
		return found, nil
	}
	return htmlindex.Get(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// Run implements node.Node.
func (n *EncodeBase64) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Source.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	set, err := charset(n.Charset)
	if err != nil {
		return node.Output{}, err
	}
	encoded, err := set.NewEncoder().String(text)
	if err != nil {
		return node.Output{}, tracardi.InvalidField("source", "has characters that %s does not have", n.Charset)
	}
	return node.To("payload", map[string]any{"base64": base64.StdEncoding.EncodeToString([]byte(encoded))}), nil
}
