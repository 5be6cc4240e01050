package elastic

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go/expr"
)

// Every value of a document is found by tokens, which are terms of one field. A token begins with the mark of a path, which has
// a fixed length, and goes on with what is known of the value there:
//
//	k||a|b|      it is an object with the members a and b
//	x            something is there: an element of a list, or a member of an object with too many for the token above
//	n, l, e      it is null, a list, an empty list or object
//	b0, b1       it is false, true
//	#number      it is this number, written so that the order of the texts is that of the numbers
//	"text        it is this text; a long one is cut and has a sum of the whole behind it
//	@instant     it is a text that stands for this instant, in the order of time
//	t            it is a text that is cut, or in which letters change under folding in a way that engines do not agree on
//	[…           it is a list with an element of which b, #, " or n holds
const (
	isThere    = "x"
	hasMembers = "k|"
	memberEnd  = "|" // before and behind each name
	isNull     = "n"
	isList     = "l"
	isEmpty    = "e"
	isBoolean  = "b"
	isNumber   = "#"
	isText     = `"`
	isDate     = "@"
	isTricky   = "t"
	hasItem    = "["
)

// mark is the beginning of the tokens of a path: small letters and digits only, since some queries do not tell small letters
// from capitals.
type mark string

const (
	rootMark  = mark("")
	markBytes = 10
)

var (
	markEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	markCache    [32]knownMarks // by the first letter of the parent
)

// knownMarks are some of the marks that were made. Looking one up allocates nothing.
type knownMarks struct {
	sync.RWMutex
	marks map[markKey]mark
}

type markKey struct {
	parent mark
	step   string
}

const mostCachedMarks = 100_000

// child is the mark of a member or an element.
func (m mark) child(step string) mark {
	known := &markCache[0]
	if m != rootMark {
		known = &markCache[m[0]%32]
	}
	known.RLock()
	found, ok := known.marks[markKey{m, step}]
	known.RUnlock()
	if ok {
		return found
	}
	sum := sha256.Sum256([]byte(string(m) + "\x00" + step))
	made := mark(markEncoding.EncodeToString(sum[:markBytes]))
	if len(step) >= 100 {
		return made
	}
	known.Lock()
	defer known.Unlock()
	if known.marks == nil {
		known.marks = map[markKey]mark{}
	}
	if len(known.marks) < mostCachedMarks/len(markCache) {
		known.marks[markKey{m, strings.Clone(step)}] = made
	}
	return made
}

func markOf(path expr.Path) mark {
	m := rootMark
	for _, step := range path.Steps() {
		m = m.child(step)
	}
	return m
}

// is is the token of a fact about the value at the path.
func (m mark) is(what string) string { return string(m) + what }

const (
	maxText = 256 // bytes of a text that a token keeps whole
	cutText = 200 // bytes of a longer one that it keeps
)

// textFact is what a text's token says behind the mark.
func textFact(text string) string { return isText + shortened(text) }

// shortened is a text itself or, of a long one, its beginning and a sum of the whole.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return cutRunes(text, cutText) + "\x00" + markEncoding.EncodeToString(sum[:15])
}

// cutRunes is the beginning of a longer text, of at most n bytes and without a part of a character.
func cutRunes(text string, n int) string {
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// tricky tells whether a pattern may hold of the text although it does not of its token, or the other way round. K (Kelvin), İ
// and ſ are the letters beyond ASCII whose small or folded form is within.
func tricky(text string) bool {
	return len(text) > maxText || !isASCII(text) && strings.ContainsAny(text, "\u212a\u0130\u017f")
}

// numberFact orders numbers as texts.
func numberFact(n float64) string {
	n += 0 // not -0
	bits := math.Float64bits(n)
	if bits>>63 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], bits)
	return isNumber + hex.EncodeToString(raw[:])
}

func numberOf(fact string) (float64, bool) {
	raw, err := hex.DecodeString(strings.TrimPrefix(fact, isNumber))
	if err != nil || len(raw) != 8 {
		return 0, false
	}
	bits := binary.BigEndian.Uint64(raw)
	if bits>>63 == 1 {
		bits &^= 1 << 63
	} else {
		bits = ^bits
	}
	return math.Float64frombits(bits), true
}

// dateFact orders instants as texts.
func dateFact(t time.Time) string {
	var raw [12]byte
	binary.BigEndian.PutUint64(raw[:], uint64(t.Unix())^(1<<63))
	binary.BigEndian.PutUint32(raw[8:], uint32(t.Nanosecond()))
	return isDate + hex.EncodeToString(raw[:])
}

func booleanFact(b bool) string {
	if b {
		return isBoolean + "1"
	}
	return isBoolean + "0"
}

// fact is what the token of a constant says; ok is false for those that have none.
func fact(value any) (text string, ok bool) {
	switch value := value.(type) {
	case nil:
		return isNull, true
	case bool:
		return booleanFact(value), true
	case float64:
		return numberFact(value), true
	case string:
		return textFact(value), true
	case time.Time:
		return dateFact(value), true
	}
	return "", false
}
