package auth

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/tracardi/tracardi-go"
)

// hashing makes one password cost about 60 ms and 19 MB. Stored hashes carry their own parameters, so it may be changed.
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 4, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashesAtOnce bounds the memory that a storm of sign-ins takes.
const hashesAtOnce = 2

// Limits of a password. The upper one is there so that nobody keeps us busy with a megabyte.
const (
	minPassword = 10 // characters
	maxPassword = 1024
)

//go:embed common.txt
var commonList string

var common = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(commonList) {
		words[word] = true
	}
	return words
}()

// checkPassword refuses passwords that are guessed first. The error says why.
func checkPassword(email, password string) error {
	lower := strings.ToLower(norm.NFKC.String(password))
	name, _, _ := strings.Cut(email, "@")
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return tracardi.InvalidField("password", "is too short: use at least %d characters, three or four words for example", minPassword)
	case len(password) > maxPassword:
		return tracardi.InvalidField("password", "is longer than %d bytes", maxPassword)
	case !utf8.ValidString(password):
		return tracardi.InvalidField("password", "is not UTF-8 text")
	case lower == email || stem(lower) == name:
		return tracardi.InvalidField("password", "is the e-mail address or begins it: choose something that others do not know")
	case common[lower] || common[stem(lower)]:
		return tracardi.InvalidField("password", "is one of the first that attackers try: choose another one")
	case variety(lower) < 4:
		return tracardi.InvalidField("password", "repeats too few characters: choose another one")
	}
	return nil
}

// stem is a password without the figures and signs that people append.
func stem(password string) string {
	return strings.TrimRightFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
}

// variety counts different characters.
func variety(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// turn waits until a password may be hashed, and returns what ends the turn.
func (g *Guard) turn(ctx context.Context) (done func(), err error) {
	select {
	case g.hashing <- struct{}{}:
		return func() { <-g.hashing }, nil
	case <-ctx.Done():
		return nil, &tracardi.Error{Kind: tracardi.Unavailable, Message: "too many sign-ins at once: try again", Err: context.Cause(ctx)}
	}
}

// hash returns the stored form of a password.
func (g *Guard) hash(ctx context.Context, password string) (string, error) {
	done, err := g.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(norm.NFKC.String(password), &hashing)
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return hash, nil
}

// matches tells whether a password is the one of the hash. An empty hash, of an account that does not exist, never matches and
// takes as long.
func (g *Guard) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := g.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	if len(password) > maxPassword {
		return false, nil
	}
	if hash == "" {
		hash = nobodysHash()
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("compare the password: %w", err)
	}
	return ok, nil
}

// nobodysHash has the form of a hash, and no password leads to it.
func nobodysHash() string {
	random := func(length uint32) string {
		bytes := make([]byte, length)
		rand.Read(bytes) //nolint:errcheck // it never fails
		return base64.RawStdEncoding.EncodeToString(bytes)
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		hashing.Memory, hashing.Iterations, hashing.Parallelism, random(hashing.SaltLength), random(hashing.KeyLength))
}
