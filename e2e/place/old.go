package place

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// ofTests are the names of indices that tests make, each under a prefix of its own.
var ofTests = regexp.MustCompile(`^(t[0-9a-f]{14,16}-[0-9]+|crash[0-9a-f]{14,16}|e2e[0-9a-f]+|mix[0-9a-f]+)-`)

// RemoveOld deletes the indices that tests which were cut off left on a search server: those older than an hour.
func RemoveOld(web string) error {
	var all map[string]struct {
		Settings struct {
			Index struct {
				CreationDate string `json:"creation_date"`
			}
		}
	}
	if err := (Indices{Web: web}).ask("GET", "/_all/_settings/index.creation_date", &all); err != nil {
		return err
	}
	prefixes := map[string]bool{}
	for name, index := range all {
		made, err := strconv.ParseInt(index.Settings.Index.CreationDate, 10, 64)
		if match := ofTests.FindStringSubmatch(name); match != nil && err == nil && time.Since(time.UnixMilli(made)) > time.Hour {
			prefixes[match[1]+"-"] = true
		}
	}
	var errs []error
	for _, prefix := range slices.Sorted(maps.Keys(prefixes)) {
		errs = append(errs, Indices{web, prefix}.Remove())
	}
	return errors.Join(errs...)
}
