// Package vault keeps the secrets of resources: encrypted when they are stored, readable only by what runs with them, and never
// shown.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Vault encrypts with a key made of the installation's secret.
type Vault struct{ aead cipher.AEAD }

// New makes a vault of the installation's secret.
func New(secret []byte) (*Vault, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "tracardi resources", 32)
	if err != nil {
		return nil, fmt.Errorf("make the key of the vault: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make the key of the vault: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make the key of the vault: %w", err)
	}
	return &Vault{aead}, nil
}

// form begins every sealed text and tells how it was made.
const form = "aes256gcm:"

var errOpen = errors.New("the stored secret cannot be read: it was damaged, moved, or encrypted with another secret of the installation; enter it again")

// Seal encrypts a text for one place, such as default/resource/id/password; it opens nowhere else.
func (v *Vault) Seal(place, plain string) string {
	return form + base64.RawStdEncoding.EncodeToString(v.aead.Seal(nil, nil, []byte(plain), []byte(place)))
}

// Open decrypts what was sealed for the place.
func (v *Vault) Open(place, sealed string) (string, error) {
	encoded, known := strings.CutPrefix(sealed, form)
	text, err := base64.RawStdEncoding.DecodeString(encoded)
	if !known || err != nil {
		return "", errOpen
	}
	plain, err := v.aead.Open(nil, nil, text, []byte(place))
	if err != nil {
		return "", errOpen
	}
	return string(plain), nil
}
