package data

import (
	"context"
	"crypto/rand"
	"math/big"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "password", Name: "Generate password", Icon: "password",
		New: func() node.Node {
			return &Password{MinLength: 8, MaxLength: 13, Uppercase: 2, Lowercase: 4, Special: 2}
		},
		Out:     []node.Port{{Name: "password", Doc: "The new password."}},
		Aliases: []string{"tracardi.process_engine.action.v1.password_generator_action.PasswordGeneratorAction"},
		Examples: []node.Example{
			{Name: "as usual", Port: "password", Result: "*"},
			{Name: "a long one", Config: `{"min_length": 32, "max_length": 32}`, Port: "password", Result: "*"},
		},
	})
}

// Password makes a password: {"password": "…"}. It has at least the given numbers of capital letters, small letters and special
// characters; the rest, and the order, is left to chance, from a source that nobody can guess.
type Password struct {
	MinLength int `json:"min_length" title:"Shortest" help:"Characters that it has at least." min:"1" max:"1000"`
	MaxLength int `json:"max_length" title:"Longest" help:"Characters that it has at most." min:"1" max:"1000"`
	Uppercase int `json:"uppercase" title:"Capital letters" help:"At least so many." min:"0"`
	Lowercase int `json:"lowercase" title:"Small letters" help:"At least so many." min:"0"`
	Special   int `json:"special_characters" title:"Special characters" help:"At least so many." min:"0"`
}

const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	small    = "abcdefghijklmnopqrstuvwxyz"
	digits   = "0123456789"
	special  = "!#$%&()*+,-./:;<=>?@[]^_{|}~"
)

// Check implements node.Checker.
func (n *Password) Check() error {
	switch {
	case n.MinLength > n.MaxLength:
		return tracardi.InvalidField("min_length", "is more than the longest, %d", n.MaxLength)
	case n.Uppercase > n.MaxLength || n.Lowercase > n.MaxLength || n.Special > n.MaxLength || n.Uppercase+n.Lowercase+n.Special > n.MaxLength:
		return tracardi.InvalidField("max_length", "is less than all the characters that must be there")
	}
	return nil
}

// Run implements node.Node.
func (n *Password) Run(context.Context, *node.Input) (node.Output, error) {
	var password []byte
	add := func(count int, from string) {
		for range count {
			password = append(password, from[below(len(from))])
		}
	}
	add(n.Uppercase, capitals)
	add(n.Lowercase, small)
	add(n.Special, special)
	shortest := max(n.MinLength, len(password))
	add(shortest+below(n.MaxLength-shortest+1)-len(password), capitals+small+digits+special)
	for i := len(password) - 1; i > 0; i-- {
		j := below(i + 1)
		password[i], password[j] = password[j], password[i]
	}
	return node.To("password", map[string]any{"password": string(password)}), nil
}

// below is a number from 0 to below n that nobody can guess.
func below(n int) int {
	number, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // the system's source does not fail
	}
	return int(number.Int64())
}
