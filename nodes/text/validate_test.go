package text_test

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for validator, c := range map[string]struct{ valid, invalid string }{
		"email":        {"ann@example.com|a.b+c@sub.example.co.uk|o'neil@example.com", "|ann|ann@|@example.com|ann@example|Ann <ann@example.com>|a b@example.com|ann@.com|ann@example.com, bob@example.com"},
		"url":          {"http://example.com|https://example.com:8080/a?b=c#d|https://user@example.com|http://localhost|https://my-shop.example", "|example.com|ftp://example.com|http://|http:///a|https://exa mple.com|javascript:alert(1)"},
		"ipv4":         {"1.2.3.4|255.255.255.255", "|1.2.3|256.1.1.1|1.2.3.4.5|::1"},
		"ipv6":         {"::1|2001:db8::1", "|1.2.3.4|fe80::1%eth0|:::1"},
		"date":         {"2026-02-28|29/02/2024|1.2.2026|31-12-99", "|2026-02-30|29.02.2023|32/01/2026|soon"},
		"time":         {"9:30|09:30|23:59:59", "|24:00|9|9:60|12:00:60"},
		"int":          {"0|42|-7|+7|123456789012345678901234567890", "|1.0|one|1 000"},
		"float":        {"1|1.5|-2,25|0.0", "|.5|1.|1.2.3|1e5|NaN"},
		"number_phone": {"+49 30 123456|+1 (212) 555-0199|0049301234567", "|030 123456|+49|+49 30 12345678901234567|+49 30 CALL"},
		"ean":          {"4006381333931|73513537|96385074", "|4006381333932|123|+735135|7351353a|40063813339310"},
	} {
		for _, text := range strings.Split(c.valid, "|") {
			if port := validated(t, validator, text); port != "valid" {
				t.Errorf("%q is an invalid %s", text, validator)
			}
		}
		for _, text := range strings.Split(c.invalid, "|") {
			if port := validated(t, validator, text); port != "invalid" {
				t.Errorf("%q is a valid %s", text, validator)
			}
		}
	}
}

func validated(t *testing.T, validator, text string) string {
	t.Helper()
	out, err := run(t, "text.validate", map[string]any{"validator": validator, "data": "payload@text"}, map[string]any{"text": text})
	if err != nil {
		t.Fatal(err)
	}
	return out.Results[0].Port
}
