package collect

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// exchange is one request's way back to its sender. It says in the answer's header how many seconds it took, and holds what the
// request's body takes of the memory that all of them share.
type exchange struct {
	http.ResponseWriter
	began time.Time
	told  bool
	room  *room
	held  int64
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if !x.told {
		x.told = true
		x.Header()["X-Process-Time"] = []string{strconv.FormatFloat(time.Since(x.began).Seconds(), 'f', 6, 64)}
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(text []byte) (int, error) {
	if !x.told {
		x.WriteHeader(http.StatusOK)
	}
	return x.ResponseWriter.Write(text)
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// smallBody is the size in bytes up to which bodies are not counted: there are never more of them than requests at once.
const smallBody = 64 << 10

// hold counts a body of a size. It is Unavailable when the bodies in hand take too much already.
func (x *exchange) hold(size int64) error {
	more := size - x.held
	if size <= smallBody || more <= 0 {
		return nil
	}
	if !x.room.take(more) {
		return busy("too many large requests at once: send again in a second, or smaller ones")
	}
	x.held = size
	return nil
}

func (x *exchange) leave() { x.room.left.Add(x.held) }

// room is memory that requests share, in bytes.
type room struct{ left atomic.Int64 }

func (r *room) take(size int64) bool {
	if r.left.Add(-size) >= 0 {
		return true
	}
	r.left.Add(size)
	return false
}
