package ai_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/ai"
)

const chat = "POST https://api.openai.com/v1/chat/completions"

// calls are what the documentation asks for.
var calls = map[string][]nodetest.Call{
	"chat": {
		{
			Request: chat, Header: map[string]string{"Authorization": "Bearer sk-1", "Content-Type": "application/json"},
			Body: `{"model": "gpt-4o-mini", "max_completion_tokens": 1000, "messages": [{"role": "system", "content": "Answer with one word: good or bad."},
				{"role": "user", "content": "Which mood has this? I love it"}]}`,
			Answer: `{"choices": [{"message": {"role": "assistant", "content": "good"}}], "usage": {"total_tokens": 30}}`,
		},
		{
			Request: chat, Body: `{"model": "wrong", "max_completion_tokens": 1000, "messages": [{"role": "user", "content": "Hello"}]}`,
			Status: 404, Answer: `{"error": {}}`,
		},
	},
}

func TestNodes(t *testing.T) {
	nodetest.GroupCalling(t, "ai", map[string]any{"openai": map[string]any{"api_key": "sk-1"}}, calls)
}
