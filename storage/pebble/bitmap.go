package pebble

import "math/bits"

// bitmap is a set of rows; bits behind the last row are 0.
type bitmap []uint64

func newBitmap(rows int) bitmap { return make(bitmap, (rows+63)/64) }

func fullBitmap(rows int) bitmap {
	b := newBitmap(rows)
	for i := range b {
		b[i] = ^uint64(0)
	}
	b.cut(rows)
	return b
}

// cut clears the bits behind the last row.
func (b bitmap) cut(rows int) {
	if rest := rows % 64; rest > 0 {
		b[len(b)-1] &= 1<<rest - 1
	}
}

func (b bitmap) has(row int) bool { return b[row/64]&(1<<(row%64)) != 0 }

func (b bitmap) set(row int) { b[row/64] |= 1 << (row % 64) }

func (b bitmap) clear(row int) { b[row/64] &^= 1 << (row % 64) }

func (b bitmap) and(other bitmap) {
	for i := range b {
		b[i] &= other[i]
	}
}

func (b bitmap) or(other bitmap) {
	for i := range b {
		b[i] |= other[i]
	}
}

func (b bitmap) not(rows int) {
	for i := range b {
		b[i] = ^b[i]
	}
	b.cut(rows)
}

func (b bitmap) count() (n int) {
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

func (b bitmap) empty() bool {
	for _, word := range b {
		if word != 0 {
			return false
		}
	}
	return true
}
