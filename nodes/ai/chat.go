package ai

import (
	"context"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "openai", Name: "OpenAI", Icon: "brand-openai", Doc: "An account of OpenAI, or another server that speaks its chat API.",
		New: func() any { return newModels() },
	})
}

func init() {
	group.Register(node.Type{
		ID: "chat", Name: "Ask a language model", Icon: "message-chatbot",
		New:     func() node.Node { return &Chat{Model: "gpt-4o-mini", Tokens: 1000, Timeout: 30} },
		Out:     []node.Port{{Name: "response", Doc: "The answer, as content."}},
		Acts:    true,
		Aliases: []string{"com_tracardi.action.v1.ai.openai.chatgpt.plugin.ChatGptAction"},
		Examples: []node.Example{
			{
				Name:    "the mood of a message",
				Config:  `{"resource": "openai", "system": "Answer with one word: good or bad.", "prompt": "Which mood has this? {{payload@text}}"}`,
				Payload: `{"text": "I love it"}`, Port: "response", Result: `{"content": "good", "model": "gpt-4o-mini", "usage": {"total_tokens": 30}}`,
			},
			{
				Name: "a refusal", Config: `{"resource": "openai", "prompt": "Hello", "model": "wrong"}`, Port: "error",
				Result: `{"message": "OpenAI answered 404 Not Found: {\"error\": {}}", "status": 404, "content": {"error": {}}}`,
			},
			{Name: "no such field", Config: `{"resource": "openai", "prompt": "{{payload@text}}"}`, Error: "payload@text"},
		},
	})
}

// Models is a resource: an account of OpenAI, or another server that speaks its chat API.
type Models struct {
	Key string `json:"api_key" title:"API key" help:"Of the project." secret:"true" required:"true"`
	URL string `json:"url" title:"URL" help:"https://api.openai.com/v1, or where another server has the same API." required:"true"`
}

func newModels() *Models { return &Models{URL: "https://api.openai.com/v1"} }

// Chat asks a language model. The answer goes on at the port response, as {"content": "…", "model": "…", "usage": {"total_tokens": 30}}; a
// refusal goes on at the port error.
//
// What is filled into the prompt leaves this system: fill in no more of a person than the model needs. A visitor may write anything into
// an event, also an instruction to the model; never take its answer for more than a text.
type Chat struct {
	Resource node.Reference `json:"resource" title:"Model server" help:"The resource with the key." kind:"resource:openai" required:"true"`
	Prompt   node.Template  `json:"prompt" title:"Prompt" help:"What is asked, with places such as {{event@properties.text}}." widget:"textarea" required:"true"`
	System   node.Template  `json:"system" title:"Instructions" help:"How the model is to answer; may be empty." widget:"textarea"`
	Model    string         `json:"model" title:"Model" help:"Its name at the server." required:"true"`
	Tokens   int            `json:"max_tokens" title:"Length" help:"Of the answer, at most, in tokens." min:"1" max:"100000"`
	Timeout  int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *Chat) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	models := newModels()
	if err := in.Resource(ctx, n.Resource.ID, models); err != nil {
		return node.Output{}, err
	}
	messages := []any{}
	for _, part := range []struct {
		role string
		text node.Template
	}{{"system", n.System}, {"user", n.Prompt}} {
		text, err := part.text.Render(in)
		if err != nil {
			return node.Output{}, err
		}
		if text != "" {
			messages = append(messages, map[string]any{"role": part.role, "content": text})
		}
	}
	answer, err := call.Request{
		System: "OpenAI", URL: strings.TrimSuffix(models.URL, "/") + "/chat/completions", Bearer: models.Key, Timeout: time.Duration(n.Timeout) * time.Second,
		JSON: map[string]any{"model": n.Model, "messages": messages, "max_completion_tokens": n.Tokens},
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	said, told := tracardi.Dig(answer.Content(), "choices", "0", "message", "content")
	if !answer.OK() || !told {
		return answer.Refuse(answer.Payload()), nil
	}
	usage, _ := tracardi.Dig(answer.Content(), "usage")
	return node.To("response", map[string]any{"content": said, "model": n.Model, "usage": usage}), nil
}
