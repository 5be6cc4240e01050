package storagetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsAwkwardTests = []recordsTest{
	{"awkward ids and keys stay apart", recordsAwkwardIDs},
	{"awkward texts are found", recordsAwkwardTexts},
	{"awkward names of members are found", recordsAwkwardNames},
	{"awkward numbers come back and are found", recordsAwkwardNumbers},
	{"awkward times keep their order", recordsAwkwardTimes},
	{"a field may change its type", recordsTypeChange},
	{"a document may have a thousand members", recordsWide},
	{"members may have any name", recordsNames},
	{"a document may be long and deep", recordsLong},
}

func recordsAwkwardIDs(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Sessions} {
		var writes []storage.Write
		for i, text := range awkward {
			writes = append(writes, record(c, text, noon.Add(time.Duration(i)*time.Second), members{"profile": members{"id": text}}))
		}
		rs.store(t, s, acme, writes...)
		want := make([]storage.Doc, len(writes))
		for i, w := range writes {
			want[i] = stored(w)
		}
		sameDocs(t, "read", read(t, s, acme, c, awkward...), want)
		sameDocs(t, "search", searchAll(t, s, acme, c, storage.Query{Limit: 3, Sort: storage.Sort{Ascending: true}}), want)
		for i, text := range awkward {
			quoted, _ := json.Marshal(text)
			literal := strings.ReplaceAll(string(quoted), "*", `\*`) // * stands for any characters
			for _, field := range []string{"id", "profile.id"} {
				found := searchAll(t, s, acme, c, find(t, fmt.Sprintf("%s = %s", field, literal)))
				sameDocs(t, fmt.Sprintf("%s of %s is %q", field, c, text), found, want[i:i+1])
			}
		}
		n, err := s.Delete(t.Context(), acme, c, awkward[:10])
		ok(t, err)
		same(t, "deleted", n, 10)
		rs.refresh(t, s)
		sameDocs(t, "left", scan(t, s, acme, c, storage.Query{}), want[10:])
	}
}

func recordsAwkwardTexts(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, text := range awkward {
			writes = append(writes, record(c, strconv.Itoa(i), noon, members{"type": text, "traits": members{"name": text}}))
		}
		rs.store(t, s, acme, writes...)
		var want []storage.Value
		for _, text := range awkward {
			want = append(want, storage.Value{Value: text, Count: 1})
		}
		for _, field := range []string{"type", "traits.name"} {
			sameValues(t, field, top(t, s, acme, c, storage.Query{}, field, 1000), want)
			same(t, "bars", len(histogram(t, s, acme, c, storage.Query{}, storage.Interval{Width: time.Hour}, field)), len(awkward))
			for i, text := range awkward {
				quoted, _ := json.Marshal(text)
				q := find(t, fmt.Sprintf("%s IN [%s]", field, quoted))
				same(t, fmt.Sprintf("%s is %q", field, text), ids(searchAll(t, s, acme, c, q)), []string{strconv.Itoa(i)})
			}
		}
	}
}

func recordsAwkwardNames(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	names := append(slices.Clone(awkward), "\x00rows", "\x1f", "a\x1fb", "@this", "a.#", "..1", "00", "id ", "metadata ", "traits.a")
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, name := range names {
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{name: i, "traits": members{name: members{name: i}}}))
		}
		rs.store(t, s, acme, writes...)
		for i, name := range names {
			quoted, _ := json.Marshal(name)
			for _, path := range []string{fmt.Sprintf("[%s]", quoted), fmt.Sprintf("traits[%s][%s]", quoted, quoted)} {
				q := find(t, fmt.Sprintf("%s = %d", path, i))
				same(t, fmt.Sprintf("%s by %s", c, path), ids(searchAll(t, s, acme, c, q)), []string{strconv.Itoa(i)})
				sameValues(t, "top of "+path, top(t, s, acme, c, storage.Query{}, path, 5), []storage.Value{{Value: float64(i), Count: 1}})
			}
		}
	}
}

func recordsAwkwardNumbers(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	numbers := []string{
		"0", "1", "-1", "0.1", "1e300", "-1e300", "5e-324", "9007199254740993", "123456789012345678901234567890",
		"1e400", "-1e400", "1e-400", "0.30000000000000004",
	}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, n := range numbers {
			w := record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), nil)
			w.Doc.Body = append(w.Doc.Body[:len(w.Doc.Body)-1:len(w.Doc.Body)-1], `,"n":`+n+`}`...)
			writes = append(writes, w)
		}
		rs.store(t, s, acme, writes...)
		for i, w := range writes {
			sameDocs(t, numbers[i], read(t, s, acme, c, w.Doc.ID), []storage.Doc{stored(w)})
		}
		m := model{docs: docsOf(writes)}
		for _, text := range []string{"n > 0", "n < 0", "n = 0", "n = 0.1", "n = 1e300", "n BETWEEN 0.3 AND 0.4", "n >= 9007199254740992", "n EXISTS"} {
			m.check(t, s, acme, c, find(t, text))
		}
		if c == storage.Profiles {
			up := ids(searchAll(t, s, acme, c, storage.Query{Limit: 2, Sort: storage.Sort{Field: "n", Ascending: true}}))
			slices.Sort(up)
			same(t, "documents listed by number", len(slices.Compact(up)), len(numbers))
		}
	}
}

func recordsAwkwardTimes(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	times := []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(1, 6, 1, 12, 0, 0, 0, time.UTC), time.Date(1582, 10, 10, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Unix(0, 0), time.Unix(0, 1000), time.Date(2016, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	ok(t, err)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i, at := range times {
			writes = append(writes, record(c, strconv.Itoa(i), at, members{"type": "x"}))
		}
		rs.store(t, s, acme, writes...)
		want := docsOf(writes)
		sameDocs(t, "oldest first", searchAll(t, s, acme, c, storage.Query{Limit: 2, Sort: storage.Sort{Ascending: true}}), want)
		for i, at := range times {
			same(t, "at the time", count(t, s, acme, c, storage.Query{From: at, To: at.Add(time.Microsecond)}), 1)
			same(t, "before", count(t, s, acme, c, storage.Query{To: at}), int64(i))
			stamp := tracardi.AppendTime(nil, at)
			field := storage.SchemaOf(c).Time.String()
			same(t, "not before, by text", count(t, s, acme, c, find(t, fmt.Sprintf("%s >= %s", field, stamp))), int64(len(times)-i))
			same(t, "before, by date", count(t, s, acme, c, find(t, fmt.Sprintf("%s < datetime(%s)", field, stamp))), int64(i))
			same(t, "at the time, by date", count(t, s, acme, c, find(t, fmt.Sprintf("%s = datetime(%s)", field, stamp))), 1)
		}
		for _, interval := range []storage.Interval{{Width: time.Hour}, {Width: 24 * time.Hour, Zone: berlin}, {Width: time.Hour, Zone: berlin}, {Width: 7 * 24 * time.Hour}} {
			got := histogram(t, s, acme, c, storage.Query{}, interval, "type")
			sameBuckets(t, fmt.Sprint(interval), got, expectedBuckets(want, interval, "type"))
		}
	}
}

func recordsTypeChange(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	values := []any{1, "1", "text", true, nil, []any{1, "1"}, []any{members{"x": 1}}, members{"x": 1}, members{}, []any{}, members{"x": members{"y": 2}}, "2026-01-31", 1.5}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 3 * len(values) {
			v := values[i*5%len(values)]
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{"v": v, "type": v, "ids": v, "profile": v}))
		}
		writes = append(writes, record(c, "none", noon.Add(time.Hour), nil))
		for _, w := range writes {
			ok(t, commit(s, acme, w))
		}
		rs.refresh(t, s)
		m := model{docs: docsOf(writes)}
		for _, text := range []string{
			"", "v = 1", `v = "1"`, "v = true", "v = NULL", "v != NULL", "v EXISTS", "v EMPTY", "v IS NULL", "v.x = 1", "v.x EXISTS", "v.x.y = 2", "v.0 = 1",
			"v.0.x = 1", `v CONTAINS "1"`, `v CONTAINS 1`, `v > "a"`, "v > 1", `v ~ "T"`, `ids CONTAINS "1"`, `ids CONTAINS "ex"`, "type = 1", `type = "1"`,
			`type IN ["text", "1"]`, "NOT v = 1", `v > datetime("2025-01-01")`, `v = ["1", "x"]`, `profile.x = 1`,
		} {
			m.check(t, s, acme, c, find(t, text))
		}
	}
}

func recordsWide(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 24 {
			traits := members{}
			for j := range 1000 {
				traits[fmt.Sprintf("m%d", j+i/12*900)] = j * i
			}
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{"traits": traits, "x": i % 2}))
		}
		rs.store(t, s, acme, writes...)
		m := model{docs: docsOf(writes)}
		for _, text := range []string{"traits.m999 = 999", "traits.m1899 > 5000", "traits.m950 EXISTS", "NOT traits.m0 EXISTS", "traits EXISTS AND x = 1", "traits.m1850 = 0"} {
			m.check(t, s, acme, c, find(t, text))
		}
		sameDocs(t, "read", read(t, s, acme, c, "23"), m.docs[23:])
	}
}

// recordsNames asks whether something is there, by names that mean something to those who store or search them.
func recordsNames(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	names := []string{"a", "b", "ab", "", "*", "?", "a|b", "|", "k|", `\`, `q"`, "a\nb", "0", "é", "A", "a b", strings.Repeat("long", 40), "x", `"`, "a.b"}
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		var writes []storage.Write
		for i := range 40 {
			traits := members{"every": 1}
			for j, name := range names {
				if (i>>(j%5)+j)%3 == 0 {
					traits[name] = members{"k|": i, name: nil}
				}
			}
			text := strings.Join(names[:i%len(names)], "|")
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), members{"traits": traits, "text": text, "list": []any{traits}, names[i%3]: 1}))
		}
		rs.store(t, s, acme, writes...)
		m := model{docs: docsOf(writes)}
		for _, name := range names {
			if name == "" {
				continue // which no query can name
			}
			step := "[" + string(tracardi.AppendText(nil, name)) + "]"
			m.check(t, s, acme, c, find(t, step+" EMPTY"))
			for _, path := range []string{"traits" + step, "traits" + step + step, "list.0" + step} {
				m.check(t, s, acme, c, find(t, path+" EXISTS"))
			}
		}
	}
}

func recordsLong(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for _, c := range []storage.Collection{storage.Events, storage.Profiles} {
		deep := any(members{"end": 1})
		for range 30 {
			deep = members{"d": deep}
		}
		long := strings.Repeat("long ", 10_000)
		var writes []storage.Write
		for i := range 20 {
			with := members{"n": i, "text": "short"}
			switch i % 5 {
			case 1:
				with["text"] = long
			case 2:
				with["deep"] = deep
			case 3:
				with["deep"] = "shallow"
			}
			writes = append(writes, record(c, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Second), with))
		}
		for _, w := range writes {
			ok(t, commit(s, acme, w))
		}
		rs.refresh(t, s)
		m := model{docs: docsOf(writes)}
		path := "deep" + strings.Repeat(".d", 30)
		for _, text := range []string{`text = "short"`, `text STARTS WITH "long long"`, path + ".end = 1", path + " EXISTS", "deep EXISTS", "deep.d.d EXISTS", `deep = "shallow"`, "NOT deep.d EXISTS"} {
			m.check(t, s, acme, c, find(t, text))
		}
		sameDocs(t, "read", read(t, s, acme, c, "1"), m.docs[1:2])
	}
}

func docsOf(writes []storage.Write) []storage.Doc {
	docs := make([]storage.Doc, len(writes))
	for i, w := range writes {
		docs[i] = stored(w)
	}
	return docs
}
