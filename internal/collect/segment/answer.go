package segment

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
)

// answer is what clients get to see; they look at the status alone. Rejected is for people.
type answer struct {
	Success  bool        `json:"success"`
	Rejected []rejection `json:"rejected,omitempty"`
}

// rejection tells of a message that was left out of a batch, the rest of which was taken.
type rejection struct {
	Index   int    `json:"index"` // in the batch, from 0
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

func newRejection(index int, err error) rejection {
	if ours, ok := errors.AsType[*tracardi.Error](err); ok {
		return rejection{index, ours.Field, ours.Message}
	}
	return rejection{index, "", err.Error()}
}

// at puts the message of a batch before the field of an error.
func at(index int, inBatch bool, err error) error {
	ours, ok := errors.AsType[*tracardi.Error](err)
	if !ok || !inBatch {
		return err
	}
	named := *ours
	named.Field = strings.TrimSuffix(fmt.Sprintf("batch[%d].%s", index, ours.Field), ".")
	return &named
}

func reply(w http.ResponseWriter, body any) {
	text, _ := json.Marshal(body) // texts, numbers and flags only
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // who went away needs no answer
}

// writeFailure answers with the members that the clients read. What is wrong with the input is a 400 there, which they do not
// send again.
func writeFailure(w http.ResponseWriter, f collect.Failure) {
	if f.Kind == tracardi.Invalid {
		f.Status = http.StatusBadRequest
	}
	message := f.Message
	if f.Field != "" {
		message = f.Field + ": " + message
	}
	text, _ := json.Marshal(map[string]any{"success": false, "code": strings.ReplaceAll(f.Kind.String(), " ", "_"), "message": message}) // texts only
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.Status)
	_, _ = w.Write(text) // who went away needs no answer
}
