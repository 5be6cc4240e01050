package auth_test

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// FuzzIdentify proves that no header makes somebody of a stranger, and that none is a failure of ours.
func FuzzIdentify(f *testing.F) {
	f.Add("Bearer trc_abc", "tracardi_session=abc")
	f.Add("bearer  ", "tracardi_session=; tracardi_session=\"a\"")
	f.Add("", "tracardi_session=%00;=;;tracardi_session")
	f.Add("Basic YTpi", "")
	config, err := sqlite.Open(f.Context(), filepath.Join(f.TempDir(), "config.db"))
	if err != nil {
		f.Fatal(err)
	}
	cache := memory.NewCache(1 << 20)
	f.Cleanup(func() {
		if err := config.Close(); err != nil {
			f.Error(err)
		}
		if err := cache.Close(); err != nil {
			f.Error(err)
		}
	})
	guard, err := auth.New(auth.Options{Config: config, Cache: cache, Log: slog.New(slog.DiscardHandler), AdminToken: "only-this-one-works"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, authorization, cookie string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"], r.Header["Cookie"] = []string{authorization}, []string{cookie}
		actor, err := guard.Identify(httptest.NewRecorder(), r, tenant)
		if actor != nil || tracardi.KindOf(err) != tracardi.Unauthenticated {
			t.Errorf("got %+v, %v", actor, err)
		}
	})
}
