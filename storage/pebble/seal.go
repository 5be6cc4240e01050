package pebble

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// The seal is a list of the folder's files that an orderly end leaves and the next start checks and breaks. The engine takes
// the end of a damaged list of files, or log, for one that a crash cut off, and goes on without what it held; with the seal the
// start fails instead.
const sealName = "SEAL"

// sealed describes a file. Tables hold checksums of their own, and more than can be read at every start.
type sealed struct {
	Size     int64  `json:"size"`
	Checksum uint32 `json:"checksum,omitempty"`
}

func (s *Store) seal() error {
	files, err := listFiles(s.disk.disk, s.dir)
	if err != nil {
		return err
	}
	text, err := json.Marshal(files)
	if err != nil {
		return err
	}
	name := s.disk.disk.PathJoin(s.dir, sealName)
	file, err := s.disk.disk.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, s.disk.disk.Remove(name))
	}
	return syncDir(s.disk.disk, s.dir)
}

// listFiles describes the engine's files, by name.
func listFiles(disk vfs.FS, dir string) (map[string]sealed, error) {
	names, err := disk.List(dir)
	if err != nil {
		return nil, err
	}
	files := map[string]sealed{}
	for _, name := range names {
		if name == "LOCK" || name == "BALLAST" || name == sealName {
			continue
		}
		if files[name], err = describe(disk, disk.PathJoin(dir, name), isTable(name)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func isTable(name string) bool { return strings.HasSuffix(name, ".sst") }

func describe(disk vfs.FS, name string, sizeOnly bool) (d sealed, err error) {
	if sizeOnly {
		info, err := disk.Stat(name)
		if err != nil {
			return d, err
		}
		return sealed{Size: info.Size()}, nil
	}
	file, err := disk.Open(name)
	if err != nil {
		return d, err
	}
	sum := crc32.New(castagnoli)
	d.Size, err = io.Copy(sum, file)
	d.Checksum = sum.Sum32()
	return d, errors.Join(err, file.Close())
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// breakSeal compares the files with the seal, if there is one, and removes it. Without one, as after a crash, it looks
// for damage in the middle of the files whose end the engine takes for torn.
func breakSeal(disk vfs.FS, dir string) error {
	name := disk.PathJoin(dir, sealName)
	text, err := readFile(disk, name)
	if errors.Is(err, fs.ErrNotExist) {
		return checkUnsealed(disk, dir)
	}
	if err != nil {
		return err
	}
	var want map[string]sealed
	if json.Unmarshal(text, &want) != nil {
		return fmt.Errorf("%w: %s can't be read", errDamaged, sealName)
	}
	for name, file := range want {
		got, err := describe(disk, disk.PathJoin(dir, name), isTable(name))
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %s is missing", errDamaged, name)
		}
		if err != nil {
			return err
		}
		if got != file {
			return fmt.Errorf("%w: %s is not as it was written", errDamaged, name)
		}
	}
	if err := disk.Remove(name); err != nil {
		return err
	}
	return syncDir(disk, dir)
}

func checkUnsealed(disk vfs.FS, dir string) error {
	engine, err := pebble.Peek(dir, disk)
	if err != nil {
		return err
	}
	names, err := disk.List(dir)
	if err != nil {
		return err
	}
	tables, logs := 0, 0
	for _, name := range names {
		number, isLog := strings.CutSuffix(name, ".log")
		switch {
		case isTable(name):
			tables++
		case isLog:
			logs++
			n, err := strconv.ParseUint(number, 10, 64)
			if err != nil {
				continue // none of the engine's
			}
			if err := checkFile(disk, disk.PathJoin(dir, name), logChunks(uint32(n))); err != nil {
				return err
			}
		}
	}
	switch {
	case engine.Exists && tables > 0 && logs == 0:
		return fmt.Errorf("%w: the log is missing", errDamaged)
	case engine.Exists:
		return checkFile(disk, engine.ManifestFilename, manifestChunks)
	case tables > 0:
		return fmt.Errorf("%w: there are tables and no list of them", errDamaged)
	}
	return nil
}

// chunks is a format of the engine's logs: blocks that hold chunks of a checksum, a length, a type and the content.
type chunks struct {
	header    int
	first     byte // the first of four types
	isLog     bool
	logNumber uint32 // of a log; its file may hold chunks of an older one
}

const chunkBlock = 32 << 10

var manifestChunks = chunks{header: 7, first: 1}

func logChunks(number uint32) chunks {
	return chunks{header: 19, first: 9, isLog: true, logNumber: number}
}

// checkFile finds a damaged chunk that others follow. One at the end may be what a crash left of it.
func checkFile(disk vfs.FS, name string, format chunks) error {
	data, err := readFile(disk, name)
	if err != nil {
		return err
	}
	at := 0
	for at < len(data) {
		size, valid := format.at(data, at)
		switch {
		case valid:
			at += size
		case chunkBlock-at%chunkBlock < format.header: // too little room for another chunk in this block
			at += chunkBlock - at%chunkBlock
		case format.goesOn(data, at):
			return fmt.Errorf("%w: %s at byte %d", errDamaged, disk.PathBase(name), at)
		default:
			return nil
		}
	}
	return nil
}

// at returns the size of the chunk that begins at a place, and whether there is one.
func (f chunks) at(data []byte, at int) (size int, valid bool) {
	end := min(len(data), at-at%chunkBlock+chunkBlock)
	if at+f.header > end || data[at+6] < f.first || data[at+6] > f.first+3 {
		return 0, false
	}
	size = f.header + int(binary.LittleEndian.Uint16(data[at+4:]))
	if at+size > end || f.isLog && binary.LittleEndian.Uint32(data[at+7:]) != f.logNumber {
		return 0, false
	}
	sum := crc32.Checksum(data[at+6:at+size], castagnoli)
	return size, binary.LittleEndian.Uint32(data[at:]) == (sum>>15|sum<<17)+0xa282ead8
}

// goesOn tells whether a chunk that was written after a place was synced stands behind it.
func (f chunks) goesOn(data []byte, place int) bool {
	for at := place + 1; at < len(data); at++ {
		_, valid := f.at(data, at)
		if valid && (!f.isLog || binary.LittleEndian.Uint64(data[at+11:]) > uint64(place)) {
			return true
		}
	}
	return false
}

func readFile(disk vfs.FS, name string) ([]byte, error) {
	file, err := disk.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

func syncDir(disk vfs.FS, dir string) error {
	d, err := disk.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
