// Package bridge is the contract between event sources and the brokers that they read from. A bridge is one folder: a struct whose
// fields are its settings and whose comment is its documentation, and a Run that reads until it is told to stop.
//
//	func init() {
//		bridge.Register(bridge.Kind{
//			ID: "kafka", Name: "Apache Kafka", Icon: "brand-apache", Doc: "Reads topics of Apache Kafka.",
//			New: func() bridge.Reader { return &Kafka{} },
//		})
//	}
//
//	// Run implements bridge.Reader.
//	func (k *Kafka) Run(ctx context.Context, host *bridge.Host) error {
//		…
//		host.Connected()
//		for {
//			records, err := poll(ctx)
//			…
//			if err := host.Take(ctx, messages(records)...); err != nil {
//				return err // nothing is acknowledged: the broker delivers it again
//			}
//			acknowledge(records)
//		}
//	}
//
// Accounts and passwords belong into a resource (node.RegisterResource), which the settings name. The contract may still change.
package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

// Message is what a broker delivered.
type Message struct {
	// ID is the same when the broker delivers the message again, and no other message of the source has it. It is empty where a
	// broker has no such id: then only ids that the events bring keep a second delivery from counting twice.
	ID      string            `json:"id,omitempty"`
	Key     string            `json:"key,omitempty"` // messages of equal key keep their order
	Topic   string            `json:"topic,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Time    time.Time         `json:"time,omitzero"` // when it was sent; zero if nobody knows
	Body    []byte            `json:"-"`
}

// Host is what a reader runs for and what it can reach.
type Host struct {
	// Consumer names the source in this installation, such as tracardi-default-orders. All copies of the program use the same
	// name, so that they share the messages.
	Consumer string
	Network  node.Network // the guarded way to other systems: every connection is made with it
	// Resource fills a struct with the settings of a resource, secrets included.
	Resource func(ctx context.Context, id string, into any) error
	// Take accepts messages, in their order. Nil means that all of them are on the disk, so that they may be acknowledged. An error
	// means that none may be: the reader ends with it, and is started again.
	Take func(ctx context.Context, messages ...Message) error
	// Connected is called when messages can arrive.
	Connected func()
}

// Reader reads from a broker. Its exported fields are its settings, with the tags of a node's; it may be a node.Checker.
type Reader interface {
	// Run reads until ctx ends, and returns nil then, or until something is wrong. The error says what to mend; the reader is then
	// run again after a while. What was read and not acknowledged must be delivered again.
	Run(ctx context.Context, host *Host) error
}

// Kind describes a bridge.
type Kind struct {
	ID   string // the type of the sources that it feeds, such as kafka
	Name string // shown to people, such as Apache Kafka
	Icon string // of the Tabler set
	Doc  string // what it reads, in a sentence
	// New makes a reader with its default settings, a pointer to a struct.
	New func() Reader

	form node.Form
}

var (
	kinds  = map[string]*Kind{} // registered before main begins, and read from then on
	saneID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// Register adds a kind. It is called from init functions only, and panics on a mistake in the description.
func Register(k Kind) {
	if !saneID.MatchString(k.ID) || k.Name == "" || k.Icon == "" || k.Doc == "" || k.New == nil || kinds[k.ID] != nil {
		panic(fmt.Sprintf("the bridge %q is described twice or not well", k.ID))
	}
	k.form = node.NewForm(func() any { return k.New() })
	kinds[k.ID] = &k
}

// Lookup returns a kind, nil for an unknown one.
func Lookup(id string) *Kind { return kinds[id] }

// Kinds lists the kinds by their ids.
func Kinds() []*Kind {
	all := make([]*Kind, 0, len(kinds))
	for _, id := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, kinds[id])
	}
	return all
}

// Form describes the settings.
func (k *Kind) Form() *node.Form { return &k.form }

// Configure makes a reader of its settings. The error joins everything that is wrong, each part naming the setting.
func (k *Kind) Configure(settings json.RawMessage) (Reader, error) {
	filled, err := k.form.Fill(settings)
	if err != nil {
		return nil, err
	}
	return filled.(Reader), nil
}

// Of returns the kind that feeds a source of some types; nil when events come in by themselves.
func Of(types []string) *Kind {
	for _, id := range types {
		if kind := kinds[id]; kind != nil {
			return kind
		}
	}
	return nil
}
