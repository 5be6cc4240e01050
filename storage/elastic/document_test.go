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
	const want = "\"tenant\":\"default\",\"id\":\"s\",\"at\":-62135596800000000,\"tok\":[\"42hcsuwwl3yher4we\",\"42hcsuwwl3yher4wl\",\"42hcsuwwl3yher4wx\",\"455f4cex6jyukuk2x\",\"63obanfqspoxtunz\\\"K\",\"63obanfqspoxtunzt\",\"63obanfqspoxtunzx\",\"aivgs6pg3k32uwxex\",\"bwcjalga6y3lak4en\",\"bwcjalga6y3lak4ex\",\"cxplxohrf6n3hypc\\\"2026-01-02T03:04:05Z\",\"cxplxohrf6n3hypc@80000000695735a500000000\",\"cxplxohrf6n3hypcx\",\"idmryrkmfh7ststyb1\",\"idmryrkmfh7ststyx\",\"n54h2njoayyy4uhz\\\"x\",\"n54h2njoayyy4uhzx\",\"navsinyuj5dko6c2e\",\"navsinyuj5dko6c2x\",\"wpxbwc4ukq5aiwyi#bff0000000000000\",\"wpxbwc4ukq5aiwyix\",\"xely5qdhbuy2enka[\\\"x\",\"xely5qdhbuy2enka[#bff0000000000000\",\"xely5qdhbuy2enkal\",\"xely5qdhbuy2enkax\"],\"body\":\"{\\\"id\\\":\\\"s\\\",\\\"a\\\":{\\\"b\\\":[1,\\\"x\\\",[]],\\\"e\\\":{}},\\\"n\\\":null,\\\"yes\\\":true,\\\"when\\\":\\\"2026-01-02T03:04:05Z\\\",\\\"k\\\":\\\"K\\\"}\"}"
	if got := elastic.StoredForm("default", schema, &storage.Doc{ID: "s", Body: []byte(body)}); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
