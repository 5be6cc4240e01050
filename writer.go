package tracardi

import (
	"strconv"
	"time"
)

// writer appends the members of a JSON object and leaves out what is empty. Documents are written by hand because each event
// passes here: it costs a quarter of what reflection does.
type writer []byte

func (w *writer) name(name string) {
	b := *w
	if last := b[len(b)-1]; last != '{' && last != '[' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	*w = append(b, '"', ':')
}

func (w *writer) begin(name string) {
	if name != "" {
		w.name(name)
	}
	*w = append(*w, '{')
}

// end closes the object that begin opened.
func (w *writer) end() { *w = append(*w, '}') }

func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		*w = AppendText(*w, value)
	}
}

func (w *writer) flag(name string, value bool) {
	if value {
		w.name(name)
		*w = append(*w, "true"...)
	}
}

func (w *writer) integer(name string, value int) {
	if value != 0 {
		w.name(name)
		*w = strconv.AppendInt(*w, int64(value), 10)
	}
}

func (w *writer) number(name string, value float64) {
	if value != 0 {
		w.name(name)
		*w = appendNumber(*w, value)
	}
}

func (w *writer) time(name string, value time.Time) {
	if !value.IsZero() {
		w.name(name)
		*w = AppendTime(*w, value)
	}
}

func (w *writer) texts(name string, values []string) {
	if len(values) > 0 {
		w.name(name)
		*w = AppendValue(*w, values)
	}
}

func (w *writer) object(name string, value *Object) {
	if !value.Empty() {
		w.name(name)
		*w = value.AppendJSON(*w)
	}
}
