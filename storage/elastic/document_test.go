package elastic_test

import (
	"testing"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
)

// TestStoredForm holds what a document is found by: indices that are there were written so, and templates tell of a change by
// their number.
func TestStoredForm(t *testing.T) {
	schema := storage.SchemaOf(storage.Sessions)
	body := `{"id":"s","a":{"b":[1,"x",[]],"e":{}},"n":null,"yes":true,"when":"2026-01-02T03:04:05Z","k":"` + "\u212a" + `"}`
	const want = "\"tenant\":\"default\",\"id\":\"s\",\"at\":-62135596800000000,\"tok\":[\"xely5qdhbuy2enkal\",\"xely5qdhbuy2enka[#bff0000000000000\",\"xely5qdhbuy2enka[\\\"x\",\"wpxbwc4ukq5aiwyix\",\"wpxbwc4ukq5aiwyi#bff0000000000000\",\"n54h2njoayyy4uhzx\",\"n54h2njoayyy4uhz\\\"x\",\"42hcsuwwl3yher4wx\",\"42hcsuwwl3yher4wl\",\"42hcsuwwl3yher4we\",\"navsinyuj5dko6c2e\",\"aivgs6pg3k32uwxek||b|e|\",\"bwcjalga6y3lak4en\",\"idmryrkmfh7ststyb1\",\"cxplxohrf6n3hypc\\\"2026-01-02T03:04:05Z\",\"cxplxohrf6n3hypc@80000000695735a500000000\",\"63obanfqspoxtunz\\\"\u212a\",\"63obanfqspoxtunzt\",\"k||a|id|k|n|when|yes|\"],\"body\":\"{\\\"id\\\":\\\"s\\\",\\\"a\\\":{\\\"b\\\":[1,\\\"x\\\",[]],\\\"e\\\":{}},\\\"n\\\":null,\\\"yes\\\":true,\\\"when\\\":\\\"2026-01-02T03:04:05Z\\\",\\\"k\\\":\\\"\u212a\\\"}\"}"
	if got := elastic.StoredForm("default", schema, &storage.Doc{ID: "s", Body: []byte(body)}); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
