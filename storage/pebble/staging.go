package pebble

import (
	"encoding/binary"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// write is a document made ready to be staged.
type write struct {
	docKey
	collection storage.Collection
	schema     *storage.Schema
	time       int64
	version    uint64 // that must be stored
	unique     bool
	made       bool
	keys       []storage.Key
	groups     []string
	value      []byte // the document as it is stored
}

// newWrites copies the documents into one piece of memory: their bodies belong to the caller.
func newWrites(tenant uint16, docs []storage.Write) []write {
	writes := make([]write, len(docs))
	size := 0
	for i := range docs {
		w, doc := &writes[i], &docs[i].Doc
		w.docKey = docKey{spaceOf(tenant, docs[i].Collection), doc.ID}
		w.collection, w.schema = docs[i].Collection, storage.SchemaOf(docs[i].Collection)
		w.time, w.version, w.unique, w.made = micros(doc.Time), doc.Version, doc.Unique, doc.Made
		w.keys, w.groups = keysOf(w.schema, doc), groupsOf(w.schema, doc)
		size += documentOverhead + len(doc.ID) + len(doc.Body)
	}
	room := make([]byte, 0, size)
	for i := range docs {
		w := &writes[i]
		value := document{time: w.time, id: w.id, body: docs[i].Doc.Body}
		if !w.schema.Immutable {
			value.version, value.keys = w.version+1, w.keys
		}
		start := len(room)
		room = value.append(room)
		w.value = room[start:len(room):len(room)]
	}
	return writes
}

// staging is a batch under construction. Mutable documents are held back to its end: of several writes in one batch only the
// last goes to the disk.
type staging struct {
	store   *Store
	batch   *pebble.Batch
	held    int // bytes of the mutable documents that are held back
	mutable map[docKey]*mutableDoc
	ids     map[docKey]*ticket // immutable documents in this batch, with their change set's ticket
	counts  map[countID]int64
	runs    []run
	wrote   map[space]int
	topics  []string
	seen    *pebble.Iterator // what is stored; nil until somebody asks for an id
}

// mutableDoc is a mutable document in a batch.
type mutableDoc struct {
	stored *document // what the disk holds, without body; nil if nothing
	last   *write    // the last write that was staged; nil if none
	writer *ticket   // of the change set that was checked last
}

func (d *mutableDoc) version() uint64 {
	switch {
	case d.last != nil:
		return d.last.version + 1
	case d.stored != nil:
		return d.stored.version
	}
	return 0
}

type countID struct {
	space space
	group byte
	hour  int64
	value string
}

func (s *Store) newStaging() *staging {
	return &staging{
		store: s, batch: s.db.NewBatch(), mutable: map[docKey]*mutableDoc{}, ids: map[docKey]*ticket{},
		counts: map[countID]int64{}, wrote: map[space]int{},
	}
}

// check tells whether a change set may be stored. It writes nothing.
func (b *staging) check(sub *submission) error {
	for i := range sub.writes {
		w := &sub.writes[i]
		check := b.checkMutable
		if w.schema.Immutable {
			check = b.checkImmutable
		}
		if err := check(w, sub.ticket); err != nil {
			b.forget(sub.writes[:i], sub.ticket)
			return err
		}
	}
	if err := b.store.queue.check(sub.set.Done); err != nil {
		b.forget(sub.writes, sub.ticket)
		return err
	}
	return nil
}

func (b *staging) checkImmutable(w *write, by *ticket) error {
	if w.unique {
		taken := b.ids[w.docKey] != nil
		if !taken {
			var err error
			if taken, err = b.stored(w.space.id(w.id)); err != nil {
				return err
			}
		}
		if taken {
			return tracardi.Errorf(tracardi.Conflict, "%s %q is stored already", w.collection, w.id)
		}
	}
	if b.ids[w.docKey] == nil {
		b.ids[w.docKey] = by
	}
	return nil
}

// stored tells whether a key is stored, which for ids that clients give it mostly is not. As long as the filters of the largest
// level have room in the cache they spare it the reading of a block; later they would cost more than they save.
func (b *staging) stored(key []byte) (bool, error) {
	if b.seen == nil {
		const filterBits = 10
		fits := int64(b.store.committer.next)*filterBits/8 < b.store.cacheBytes/4
		var err error
		if b.seen, err = b.store.db.NewIter(&pebble.IterOptions{UseL6Filters: fits}); err != nil {
			return false, err
		}
	}
	return b.seen.SeekPrefixGE(key), b.seen.Error()
}

// close frees what was needed to put the batch together.
func (b *staging) close() error {
	if b.seen == nil {
		return nil
	}
	return b.seen.Close()
}

// forget takes back the ids that a refused change set would have taken.
func (b *staging) forget(writes []write, by *ticket) {
	for i := range writes {
		if key := writes[i].docKey; b.ids[key] == by {
			delete(b.ids, key)
		}
	}
}

func (b *staging) checkMutable(w *write, by *ticket) error {
	doc := b.mutable[w.docKey]
	if doc == nil && w.made && w.version == 0 {
		doc = &mutableDoc{}
		b.mutable[w.docKey] = doc
	}
	if doc == nil {
		stored := b.store.headers.get(w.docKey)
		if stored == nil {
			var err error
			if stored, err = readHeader(b.store.db, w.space.docID(w.id)); err != nil {
				return err
			}
		}
		doc = &mutableDoc{stored: stored}
		b.mutable[w.docKey] = doc
	}
	if doc.writer == by {
		return tracardi.Errorf(tracardi.Conflict, "one change set writes %s %q twice", w.collection, w.id)
	}
	if doc.version() != w.version {
		return tracardi.Errorf(tracardi.Conflict, "%s %q was changed meanwhile", w.collection, w.id)
	}
	doc.writer = by
	return nil
}

// stage writes a change set that was checked. After an error the batch is of no use.
func (b *staging) stage(sub *submission) error {
	b.runs = b.runs[:0]
	for i := range sub.writes {
		w := &sub.writes[i]
		if !w.schema.Immutable {
			b.mutable[w.docKey].last = w
			b.held += len(w.value)
			continue
		}
		if err := b.stageImmutable(w); err != nil {
			return err
		}
	}
	for i := range b.runs {
		r := &b.runs[i]
		if err := b.batch.Set(r.space.run(r.key.Field, r.key.Value, r.first), r.value(), nil); err != nil {
			return err
		}
	}
	return b.stageMessages(sub)
}

func (b *staging) stageMessages(sub *submission) error {
	for i := range sub.set.Publish {
		message := &sub.set.Publish[i]
		if err := b.store.queue.publish(b.batch, sub.tenant, message); err != nil {
			return err
		}
		b.topics = append(b.topics, message.Topic)
	}
	if sub.set.Done == nil {
		return nil
	}
	b.topics = append(b.topics, sub.set.Done.Message.Topic)
	return b.store.queue.acknowledge(b.batch, sub.set.Done)
}

func (b *staging) stageImmutable(w *write) error {
	number, err := b.store.committer.number(b.batch)
	if err != nil {
		return err
	}
	if err := b.batch.Set(w.space.docNumber(number), w.value, nil); err != nil {
		return err
	}
	if err := b.batch.Set(w.space.id(w.id), binary.BigEndian.AppendUint64(nil, number), nil); err != nil {
		return err
	}
	hour := hourOf(w.time)
	b.counts[countID{w.space, 0, hour, ""}]++
	for i, group := range w.groups {
		b.counts[countID{w.space, byte(i + 1), hour, group}]++
	}
	b.wrote[w.space]++
	for _, key := range w.keys {
		b.extendRun(w, key, number)
	}
	return nil
}

// extendRun makes a document part of the run of its key in this change set.
func (b *staging) extendRun(w *write, key storage.Key, number uint64) {
	for i := range b.runs {
		if r := &b.runs[i]; r.space == w.space && r.key == key && r.last+1 == number {
			r.last, r.from, r.to = number, min(r.from, w.time), max(r.to, w.time)
			return
		}
	}
	b.runs = append(b.runs, run{w.space, key, number, number, w.time, w.time})
}

// finish writes what was held back: the last state of mutable documents, and counters.
func (b *staging) finish() error {
	for _, doc := range b.mutable {
		if doc.last == nil {
			continue // its change set was refused
		}
		if err := b.writeMutable(doc.last, doc.stored); err != nil {
			return err
		}
	}
	for id, n := range b.counts {
		if n == 0 {
			continue
		}
		if err := b.batch.Merge(id.space.count(id.group, id.hour, id.value), appendCounter(nil, n), nil); err != nil {
			return err
		}
	}
	return nil
}

// remember keeps what the batch has stored of mutable documents.
func (b *staging) remember() {
	for key, doc := range b.mutable {
		if w := doc.last; w != nil {
			b.store.headers.put(key, &document{time: w.time, version: w.version + 1, id: w.id, keys: w.keys})
		}
	}
}

func (b *staging) writeMutable(w *write, old *document) error {
	if err := b.batch.Set(w.space.docID(w.id), w.value, nil); err != nil {
		return err
	}
	var oldKeys []storage.Key
	moved := old == nil || old.time != w.time
	if old != nil {
		oldKeys = old.keys
	}
	if old != nil && moved {
		if err := b.batch.Delete(w.space.byTime(old.time, w.id), nil); err != nil {
			return err
		}
		b.counts[countID{w.space, 0, hourOf(old.time), ""}]--
	}
	if moved {
		if err := b.batch.Set(w.space.byTime(w.time, w.id), nil, nil); err != nil {
			return err
		}
		b.counts[countID{w.space, 0, hourOf(w.time), ""}]++
	}
	for _, key := range oldKeys {
		if !slices.Contains(w.keys, key) {
			if err := b.batch.Delete(append(w.space.byKey(key.Field, key.Value), w.id...), nil); err != nil {
				return err
			}
		}
	}
	for _, key := range w.keys {
		if !slices.Contains(oldKeys, key) {
			if err := b.batch.Set(append(w.space.byKey(key.Field, key.Value), w.id...), nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// run is a row of immutable documents with consecutive numbers and the same key.
type run struct {
	space       space
	key         storage.Key
	first, last uint64
	from, to    int64 // earliest and latest time
}

// value holds the run's length, its earliest time and how much later its latest is.
func (r *run) value() []byte {
	dst := binary.AppendUvarint(make([]byte, 0, 16), r.last-r.first+1)
	dst = binary.AppendVarint(dst, r.from)
	return binary.AppendUvarint(dst, uint64(r.to-r.from))
}

func (r *run) parse(first uint64, value []byte) error {
	n, width := binary.Uvarint(value)
	if width <= 0 || n == 0 || first+n-1 < first {
		return errDamaged
	}
	from, more := binary.Varint(value[width:])
	if more <= 0 {
		return errDamaged
	}
	span, last := binary.Uvarint(value[width+more:])
	if last <= 0 || from+int64(span) < from {
		return errDamaged
	}
	r.first, r.last, r.from, r.to = first, first+n-1, from, from+int64(span)
	return nil
}
