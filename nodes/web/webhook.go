package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "webhook", Name: "Webhook", Icon: "webhook", Doc: "An address of another system that takes signed messages.",
		New: func() any { return &Receiver{} },
	})
}

func init() {
	group.Register(node.Type{
		ID: "webhook", Name: "Signed webhook", Icon: "webhook",
		New:  func() node.Node { return &Webhook{Type: node.ValueOf("event@type"), Timeout: 15} },
		Out:  ports,
		Acts: true, Background: true, Repeatable: true,
		Examples: []node.Example{
			{
				Name: "tell of an order", Config: `{"receiver": "hook", "type": "order.placed", "data": {"total": "event@properties.total"}}`,
				Event: `{"properties": {"total": 12.5}}`, Port: "response", Result: `{"status": 201, "content": {"taken": true}}`,
			},
			{
				Name: "a receiver that is gone", Config: `{"receiver": "gone"}`, Port: "error",
				Result: `{"message": "gone answered 404 Not Found: nobody", "status": 404, "content": "nobody"}`,
			},
			{Name: "no such field", Config: `{"receiver": "hook", "data": {"total": "event@properties.total"}}`, Error: "event@properties.total is missing"},
		},
	})
}

// Receiver is a resource: an address that takes webhooks.
type Receiver struct {
	URL    string `json:"url" title:"URL" help:"Where messages are sent." required:"true"`
	Secret string `json:"secret" title:"Secret" help:"Signs the messages; whsec_ and 24 to 64 random bytes in Base64. The receiver has the same." secret:"true" required:"true"`
}

// Check implements node.Checker.
func (r *Receiver) Check() error {
	if _, err := webhooks.NewWebhook(r.Secret); err != nil {
		return tracardi.InvalidField("secret", "must be whsec_ and random bytes in Base64")
	}
	return checkURL("url", r.URL)
}

// Webhook sends a message to another system, signed as Standard Webhooks says, so that the receiver knows that it comes from here and is
// whole. It goes on at the port response with {"status": 200, "content": …}; a refusal goes on at the port error.
//
// The message is {"type": "order.placed", "timestamp": "2026-03-02T10:30:00Z", "data": {…}}. Its header webhook-id is the same when it is
// sent again, so that the receiver can take it once; webhook-timestamp and webhook-signature are for checking it, for which there are
// libraries in many languages.
type Webhook struct {
	Receiver node.Reference `json:"receiver" title:"Receiver" help:"The resource with the address and the secret." kind:"resource:webhook" required:"true"`
	Type     node.Value     `json:"type" title:"Type" help:"What happened, such as order.placed." required:"true"`
	Data     node.Value     `json:"data" title:"Data" help:"What is sent, with places such as profile@id; empty for the payload."`
	Timeout  int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
}

// Run implements node.Node.
func (n *Webhook) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	receiver := &Receiver{}
	if err := in.Resource(ctx, n.Receiver.ID, receiver); err != nil {
		return node.Output{}, err
	}
	signer, err := webhooks.NewWebhook(receiver.Secret)
	if err != nil {
		return node.Output{}, tracardi.Errorf(tracardi.Invalid, "the secret of %s can't be used: %w", n.Receiver.ID, err)
	}
	kind, data, err := n.message(in)
	if err != nil {
		return node.Output{}, err
	}
	id := messageID(in, kind, data)
	body := fmt.Appendf(nil, `{"type":%s,"timestamp":%s,"data":%s}`,
		tracardi.AppendValue(nil, kind), tracardi.AppendValue(nil, in.Event().Metadata.Insert.UTC().Format(time.RFC3339)), data)
	signature, err := signer.Sign(id, in.Now(), body)
	if err != nil {
		return node.Output{}, fmt.Errorf("sign the message: %w", err)
	}
	return call.Request{
		System: n.Receiver.ID, URL: receiver.URL, Body: body, Type: "application/json", Timeout: seconds(n.Timeout),
		Header: map[string]string{"webhook-id": id, "webhook-timestamp": strconv.FormatInt(in.Now().Unix(), 10), "webhook-signature": signature},
	}.Output(ctx, in, "response")
}

func (n *Webhook) message(in *node.Input) (kind string, data []byte, err error) {
	if kind, err = n.Type.Text(in); err != nil {
		return "", nil, err
	}
	var value any = in.Payload
	if !n.Data.Empty() {
		if value, err = n.Data.Resolve(in); err != nil {
			return "", nil, err
		}
	}
	data, err = json.Marshal(value) // its members are sorted, so that the same data is the same text
	return kind, data, err
}

var flowID = expr.MustPath("id")

// messageID is the same whenever the same message is sent for the same event by the same flow.
func messageID(in *node.Input, kind string, data []byte) string {
	flow, _ := in.Look("flow", flowID)
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{fmt.Sprint(flow), in.Event().ID, kind, string(data)}))
	return "msg_" + hex.EncodeToString(sum[:16])
}
