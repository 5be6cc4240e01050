package pebble

// headers remembers of the mutable documents that were written of late what the store holds, without their bodies: the next write
// of one then reads nothing. It is used with Store.changing held.
type headers struct{ recent, older map[docKey]*document }

const headersKept = 1 << 13 // before the older half is forgotten; a header takes about 300 bytes

func (h *headers) get(key docKey) *document {
	if doc := h.recent[key]; doc != nil {
		return doc
	}
	doc := h.older[key]
	if doc != nil {
		h.put(key, doc)
	}
	return doc
}

func (h *headers) put(key docKey, doc *document) {
	if len(h.recent) >= headersKept || h.recent == nil {
		h.recent, h.older = make(map[docKey]*document), h.recent
	}
	h.recent[key] = doc
}

// forget is for documents that somebody else is about to change.
func (h *headers) forget(key docKey) {
	delete(h.recent, key)
	delete(h.older, key)
}

func (h *headers) forgetAll() { h.recent, h.older = nil, nil }
