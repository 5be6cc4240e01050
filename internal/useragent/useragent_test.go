package useragent_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/useragent"
)

const chromeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"

// TestReaderStartsFast holds the cost of the rules down: the first visitor waits for them.
func TestReaderStartsFast(t *testing.T) {
	start := time.Now()
	agent, err := useragent.New().Read(chromeOnWindows)
	if err != nil || agent.OS.Name != "Windows" || agent.Device.Type != useragent.PC || agent.App.Name != "Chrome" {
		t.Fatal(agent, err)
	}
	if took := time.Since(start); took > 5*time.Second { // 0.06 s on a quiet machine
		t.Errorf("reading the rules took %v", took)
	}
}
