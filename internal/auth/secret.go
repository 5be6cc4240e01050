package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// secretBytes is the length of random secrets before they are written as text.
const secretBytes = 32

// newSecret returns 256 random bits as text for cookies, headers and addresses.
func newSecret() string {
	bytes := make([]byte, secretBytes)
	rand.Read(bytes) //nolint:errcheck // it never fails
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// digest is what is stored of a secret. The secrets are random, so a fast hash is enough.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// idLength is how much of the digest finds the stored item. The rest is compared in constant time.
const idLength = 32

func idOf(digest string) string { return digest[:idLength] }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
