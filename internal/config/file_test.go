package config

import "testing"

func FuzzDecode(f *testing.F) {
	known := []string{"addr", "data", "roles"}
	for _, seed := range []string{
		"", "addr: x:1\n", "roles: [api, worker]\n", "a: &x 1\naddr: *x\n", "? [1]\n: 2\n", "addr: !!binary aGk=\n", "---\n---\n", "- 1", "addr: {x: 1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		values, err := decode(content, known)
		if err != nil {
			return
		}
		for key := range values {
			if key != "addr" && key != "data" && key != "roles" {
				t.Errorf("took the unknown key %q", key)
			}
		}
	})
}

func TestNearest(t *testing.T) {
	names := []string{"addr", "admin-email", "admin-token", "data"}
	for word, want := range map[string]string{"adr": "addr", "admin_token": "admin-token", "dta": "data", "admin-mail": "admin-email"} {
		if got := nearest(word, names); got != want {
			t.Errorf("%s: got %s (%d), want %s (%d)", word, got, distance(word, got), want, distance(word, want))
		}
	}
}
