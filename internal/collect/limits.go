package collect

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tracardi/tracardi-go"
)

// Limits bound what one request may cost.
type Limits struct {
	Body   int64 // bytes on the wire
	Plain  int64 // bytes after decompression
	Events int
	Depth  int // of nested objects and lists
	Keys   int // members of all objects together
	Text   int // bytes of one string
}

// DefaultLimits are generous for trackers and batches and small for a server.
var DefaultLimits = Limits{Body: 5 << 20, Plain: 10 << 20, Events: 1000, Depth: 32, Keys: 50_000, Text: 512 << 10}

// Check measures a JSON text in one pass, without understanding it: what is no JSON at all, the decoder tells.
func (l Limits) Check(text []byte) error {
	depth, keys := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			end := stringEnd(text, i+1)
			if end-i > l.Text {
				return l.describe(text)
			}
			i = end
		case '{', '[':
			if depth++; depth > l.Depth {
				return l.describe(text)
			}
		case '}', ']':
			depth--
		case ':':
			if keys++; keys > l.Keys {
				return l.describe(text)
			}
		}
	}
	return nil
}

// stringEnd returns the index of the quote that ends a string.
func stringEnd(text []byte, from int) int {
	for at := from; ; {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			return len(text)
		}
		at += n
		slashes := 0
		for at-1-slashes >= from && text[at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at
		}
		at++
	}
}

// describe finds the place of the first excess, for the error.
func (l Limits) describe(text []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	keys := 0
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return SyntaxError(err)
		}
		field := fieldOf(string(decoder.StackPointer()))
		switch kind := token.Kind(); {
		case kind == '"' && len(token.String())+2 > l.Text:
			return tooLarge(field, "the text is longer than %d bytes", l.Text)
		case decoder.StackDepth() > l.Depth:
			return tooLarge(field, "objects and lists are nested deeper than %d", l.Depth)
		case kind == '"':
			if parent, n := decoder.StackIndex(decoder.StackDepth()); parent == '{' && n%2 == 1 {
				if keys++; keys > l.Keys {
					return tooLarge(field, "the payload has more than %d members", l.Keys)
				}
			}
		}
	}
}

func tooLarge(field, format string, args ...any) error {
	return &tracardi.Error{Kind: tracardi.TooLarge, Field: field, Message: fmt.Sprintf(format, args...)}
}

var unescaped = strings.NewReplacer("~1", "/", "~0", "~")

// fieldOf turns a JSON pointer into the way people write it: /events/3/type is events[3].type.
func fieldOf(pointer string) string {
	var b strings.Builder
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		step = unescaped.Replace(step)
		switch {
		case step != "" && strings.Trim(step, "0123456789") == "" && b.Len() > 0:
			b.WriteString("[" + step + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}
