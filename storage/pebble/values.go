package pebble

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// In counts a value has a key: a text after textMark, and the one spelling of a number or a boolean.
const textMark = `"`

// appendKeys appends the keys under which a field's value is counted: its own, or each of its elements' once. Null and objects
// count no more than a missing field, and so do numbers that are too large to be one.
func appendKeys(keys []string, raw string) []string {
	value := gjson.Parse(raw)
	key := ""
	switch value.Type {
	case gjson.String:
		if strings.HasSuffix(raw, `"`) && len(raw) == len(value.Str)+2 {
			key = raw[:len(raw)-1]
		} else {
			key = textMark + value.Str
		}
	case gjson.Number:
		key = numberKey(value.Num)
	case gjson.True, gjson.False:
		key = value.Raw
	case gjson.JSON:
		if value.IsArray() {
			value.ForEach(func(_, item gjson.Result) bool {
				keys = appendKeys(keys, item.Raw)
				return true
			})
		}
	}
	if key == "" || slices.Contains(keys, key) {
		return keys
	}
	return append(keys, key)
}

func numberKey(n float64) string {
	switch {
	case math.IsInf(n, 0) || math.IsNaN(n):
		return ""
	case n == 0:
		return "0" // and not -0
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

// keyText is what a key is called in a histogram.
func keyText(key string) string { return strings.TrimPrefix(key, textMark) }

// keyValue is the value that a key stands for.
func keyValue(key string) any {
	if text, ok := strings.CutPrefix(key, textMark); ok {
		return text
	}
	if n, err := strconv.ParseFloat(key, 64); err == nil {
		return n
	}
	return key == "true"
}
