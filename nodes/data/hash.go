package data

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "hash", Name: "Hash data", Icon: "hash",
		New:     func() node.Node { return &Hash{Func: "md5"} },
		Aliases: []string{"tracardi.process_engine.action.v1.traits.hash_traits_action.HashTraitsAction"},
		Examples: []node.Example{
			{
				Name: "an address", Config: `{"traits": ["payload@mail", "payload@none"], "func": "sha256"}`, Payload: `{"mail": "ann@example.com"}`,
				Port: "payload", Result: `{"mail": "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"}`,
			},
			{
				Name: "with md5", Config: `{"traits": ["profile@traits.a", "payload@n"]}`, Profile: `{"traits": {"a": "abc"}}`, Payload: `{"n": 5}`,
				Port: "payload", Result: `{"n": "e4da3b7fbbce2345d7772b0674a318d5"}`,
				After: map[string]string{"profile@traits.a": `"900150983cd24fb0d6963f7d28e17f72"`},
			},
			{
				Name: "with sha1", Config: `{"traits": ["payload@a"], "func": "sha1"}`, Payload: `{"a": "abc"}`,
				Port: "payload", Result: `{"a": "a9993e364706816aba3e25717850c26c9cd0d89d"}`,
			},
			{
				Name: "with sha512", Config: `{"traits": ["payload@a"], "func": "sha512"}`, Payload: `{"a": "abc"}`,
				Port: "payload", Result: `{"a": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}`,
			},
			{Name: "nothing there", Config: `{"traits": ["profile@id"]}`, Profile: "null", Port: "payload"},
		},
	})
}

// Hash replaces values by their digest, so that they can be compared but not read. What is not there is noted as a warning.
//
// Values other than texts are hashed as JSON. MD5 and SHA-1 are for systems that ask for them: a person's address or number can
// be guessed from any plain digest, so what is hashed is still personal data.
type Hash struct {
	Traits []node.Path `json:"traits" title:"Places" help:"What to hash, such as profile@data.contact.email.main." required:"true"`
	Func   string      `json:"func" title:"Function" help:"How to hash." enum:"md5,sha1,sha256,sha512"`
}

// Check implements node.Checker.
func (n *Hash) Check() error { return changeable("traits", n.Traits) }

var hashes = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

// Run implements node.Node.
func (n *Hash) Run(_ context.Context, in *node.Input) (node.Output, error) {
	for _, place := range n.Traits {
		value, ok := place.Get(in)
		if !ok {
			in.Warn("%v is not there, so it was not hashed", place)
			continue
		}
		digest := hashes[n.Func]()
		digest.Write([]byte(text(value)))
		if err := place.Set(in, hex.EncodeToString(digest.Sum(nil))); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("payload", in.Payload), nil
}
