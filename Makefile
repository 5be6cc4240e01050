# Everything that a developer or a build machine runs. `make help` lists the targets.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOBUILD := CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
TOOL    := go tool -modfile=tools/go.mod
SOURCES  = $(shell find . -name node_modules -prune -o -name '*.go' -print)

# The race detector needs a C compiler; the program itself never does.
CC_FOUND := $(shell command -v gcc || command -v cc || command -v clang)
RACE     := $(if $(CC_FOUND),-race)

PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
WEB       := $(patsubst %/package.json,%,$(wildcard tracker/package.json gui/package.json))

.DEFAULT_GOAL := help
.PHONY: help run build web test test-web test-go test-on-servers test-browser gallery chromium test-fast fuzz lint fmt gen bench bench-gui crash release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## build and start on embedded storage in ./data, with demo data
	bin/tracardi serve --demo

build: web ## build bin/tracardi, without cgo
	$(GOBUILD) -o bin/tracardi ./cmd/tracardi

web: $(WEB:%=bin/.%) ## build the browser parts that the program carries

# One set of rules for each folder of browser code: install what its lock file says, then build when a source is newer.
define web_rules
$(1)/node_modules/.package-lock.json: $(1)/package.json $(1)/package-lock.json
	cd $(1) && npm ci --no-audit --no-fund
	@touch $$@

bin/.$(1): $(1)/node_modules/.package-lock.json $$(shell find $(1) \( -name node_modules -o -name dist \) -prune -o -type f -print)
	cd $(1) && npm run --silent build
	@mkdir -p bin && touch $$@
endef
$(foreach folder,$(WEB),$(eval $(call web_rules,$(folder))))

# The servers that the tests speak to. `make test SERVICES=` leaves them out, and skips what needs them.
SERVICES ?= opensearch elasticsearch mariadb redis pulsar opensearch2 elasticsearch8 mail postgres kafka rabbitmq

test: test-web test-go $(if $(SERVICES),test-on-servers) test-browser fuzz ## run every test, and fuzz for a moment

test-web: web
	@for folder in $(WEB); do (cd $$folder && npm test --silent) || exit 1; done

test-go: web chromium
	@$(if $(RACE),,echo "no C compiler: the tests run without the race detector (apt-get install gcc)")
	$(if $(SERVICES),urls=$$(test/services/up $(SERVICES)) && eval "$$urls" && TRACARDI_TEST_REQUIRED=1) \
		CHROMIUM=$(CHROMIUM) go test $(RACE) -shuffle=on -timeout 50m ./...

ON_SERVERS         ?= TestSetupLinkWorksOnce|TestStrangersSeeNothing|TestNotReadyBeforeStopping|TestClients/(segment-node|rudder-node)
BROWSER_ON_SERVERS ?= bar-01 bar-03 bar-04 bar-07
PROFILES           ?= 300
EVENTS             ?= 600

CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome) /usr/bin/chromium)

test-on-servers: build chromium ## run tests with everything on servers: those that ON_SERVERS and BROWSER_ON_SERVERS name
	urls=$$(test/services/up mariadb redis pulsar elasticsearch) && eval "$$urls" && export TRACARDI_TEST_ON_SERVERS=1 && \
		go test -count=1 -timeout 50m -run '$(ON_SERVERS)' ./e2e && \
		cd gui && PROFILES=$(PROFILES) EVENTS=$(EVENTS) CHROMIUM=$(CHROMIUM) npm run --silent e2e -- --workers 1 $(BROWSER_ON_SERVERS)

test-browser: build chromium ## check the web application in chromium, which is installed where that is allowed
	cd gui && CHROMIUM=$(CHROMIUM) npm run --silent e2e

chromium:
	@test -x $(CHROMIUM) || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { apt-get update -qq && apt-get install -qy chromium; }
	@test -x $(CHROMIUM) || { echo "the checks in a browser need chromium: apt-get install chromium, or CHROMIUM=/path/to/it"; exit 1; }

gallery: build chromium ## take the pictures of docs/gallery.md anew
	cd gui && CHROMIUM=$(CHROMIUM) npx playwright test -c playwright.gallery.config.ts gallery/gallery

test-fast: ## run the Go tests without the race detector; results are remembered
	go test -short $$(go list ./... | grep -v /e2e)
	go test -short -count=1 ./e2e

FUZZED   ?= ./expr ./internal/collect ./internal/flow
FUZZTIME ?= 5s

fuzz: ## look for inputs that break decoders and parsers: FUZZTIME for each, in the packages FUZZED
	@grep -Ho --include='*_test.go' -r '^func Fuzz[A-Za-z]*' $(FUZZED) | sed 's|/[^/]*:func | |' | sort | while read -r package target; do \
		echo "fuzz $$package $$target"; \
		go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$package" || exit 1; \
	done

lint: ## check form and find mistakes: gofumpt, go vet, staticcheck
	@unformed=$$($(TOOL) gofumpt -l $(SOURCES)); test -z "$$unformed" || { echo "run make fmt:" $$unformed; exit 1; }
	go vet ./...
	$(TOOL) staticcheck ./...

fmt: ## format the Go code
	$(TOOL) gofumpt -w $(SOURCES)

gen: ## write generated pages and golden files anew
	go test $$(grep -rl --include='*_test.go' --exclude-dir=node_modules 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

bench: build ## measure the program beside its limits
	go run ./bench all

bench-gui: build chromium ## measure the web application with a million events
	cd gui && CHROMIUM=$(CHROMIUM) npx playwright test -c playwright.bench.config.ts

N ?= 100

crash: ## kill the program under load N times and count what it kept
	go test -count=1 -run TestCrash -kills=$(N) -timeout 0 -v ./e2e/crash

release: web ## build the program for every platform into dist/
	@rm -rf dist && mkdir dist
	@for platform in $(PLATFORMS); do \
		os=$${platform%/*}; arch=$${platform#*/}; case $$os in windows) end=.exe;; *) end=;; esac; \
		echo "dist/tracardi-$(VERSION)-$$os-$$arch$$end"; \
		GOOS=$$os GOARCH=$$arch $(GOBUILD) -o "dist/tracardi-$(VERSION)-$$os-$$arch$$end" ./cmd/tracardi || exit 1; \
	done
	@cd dist && sha256sum * > SHA256SUMS

clean: ## remove what was built
	rm -rf bin dist $(WEB:%=%/node_modules)
