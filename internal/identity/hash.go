// Package identity knows what names a person, and makes ids of it.
package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/google/uuid"
)

// prefixes are those that the original gives to the hashed ids of the merge fields.
var prefixes = map[string]string{
	"data.identifier.pk":          "ipk-",
	"data.identifier.id":          "iid-",
	"data.contact.email.main":     "emm-",
	"data.contact.email.business": "emb-",
	"data.contact.email.private":  "emp-",
	"data.contact.phone.main":     "phm-",
	"data.contact.phone.business": "phb-",
	"data.contact.phone.mobile":   "pho-",
	"data.contact.phone.whatsapp": "pwa-",
}

// fields are the keys of prefixes, the strongest first.
var fields = []string{
	"data.identifier.pk", "data.identifier.id",
	"data.contact.email.main", "data.contact.email.business", "data.contact.email.private",
	"data.contact.phone.main", "data.contact.phone.business", "data.contact.phone.mobile", "data.contact.phone.whatsapp",
}

// Fields lists the paths of the profile fields whose values name a person, the strongest first.
func Fields() []string { return slices.Clone(fields) }

// Hasher makes ids of what names a person, so that profiles with the same e-mail address, phone number or key are found to be
// one. An id tells nothing about its value to those who don't know the secret, and nobody else can make it.
type Hasher struct {
	secret []byte
	macs   sync.Pool // of hash.Hash: to make one costs as much as a short text
}

func (h *Hasher) mac() hash.Hash {
	if mac, ok := h.macs.Get().(hash.Hash); ok {
		mac.Reset()
		return mac
	}
	return hmac.New(sha256.New, h.secret)
}

// id ends a hash and writes it as an id.
func (h *Hasher) id(prefix string, mac hash.Hash) string {
	var room [sha256.Size]byte
	id := prefix + version8(mac.Sum(room[:0]))
	h.macs.Put(mac)
	return id
}

// New returns a hasher for the secret of an installation, at least 16 random bytes that never change. Without a secret, as
// with a nil Hasher, there are no hashed ids.
func New(secret []byte) *Hasher { return &Hasher{secret: slices.Clone(secret)} }

// Hash returns the id of a field's value, such as emm-6b0f…; not ok when the field names nobody or the value is empty.
func (h *Hasher) Hash(field, value string) (id string, ok bool) {
	prefix, ok := prefixes[field]
	if !ok || h == nil || len(h.secret) == 0 {
		return "", false
	}
	value = strings.ToLower(Normalize(field, value))
	if value == "" {
		return "", false
	}
	mac := h.mac()
	mac.Write([]byte(field))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return h.id(prefix, mac), true
}

// UserPrefix begins the ids that are made of the id of an account. One person has one account: a profile gets a second such id
// only when somebody says that both are the same person.
const UserPrefix = "uid-"

// ID returns an id made of some texts, each as it is, with a prefix that says what they are. Without a secret it is empty.
func (h *Hasher) ID(prefix string, parts ...string) string {
	if h == nil || len(h.secret) == 0 {
		return ""
	}
	mac := h.mac()
	mac.Write([]byte(prefix))
	for _, part := range parts {
		mac.Write(binary.AppendUvarint([]byte{0}, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return h.id(prefix, mac)
}

// version8 writes the beginning of a hash as an UUID made by a rule of one's own.
func version8(sum []byte) string {
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// Normalize returns the form of a field's value that is compared: e-mail addresses in lower case, phone numbers without
// blanks, dashes and parentheses, everything without blanks around it.
func Normalize(field, value string) string {
	value = strings.TrimSpace(value)
	switch {
	case strings.HasPrefix(field, "data.contact.email."):
		return strings.ToLower(value)
	case strings.HasPrefix(field, "data.contact.phone."):
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || r == '(' || r == ')' {
				return -1
			}
			return r
		}, value)
	}
	return value
}

// Primary returns the strongest of the hashed ids: that of the primary key, then the id, the main e-mail address, the main
// phone number. It is empty when there is none of these.
func Primary(ids []string) string {
	for _, prefix := range []string{"ipk-", "iid-", "emm-", "phm-"} {
		for _, id := range ids {
			if strings.HasPrefix(id, prefix) {
				return id
			}
		}
	}
	return ""
}
