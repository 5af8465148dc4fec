# Two commands do all the set-up: make demo, make test.
GO      ?= go
BIN     := bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help build demo test check race fmt vet lint arrows fuzz bench-crawl bench-extract bench-cluster bench-stores bench-discover bench-render fit clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

build: ## bin/scamatlas and bin/testbed
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/scamatlas ./cmd/testbed

demo: build ## the main job on made-up sites: crawl, cluster, dossier, export
	@./cmd/testbed/demo.sh $(BIN)

test: ## all tests, with a real Elasticsearch (fetched once, cached)
	@.ci/with-browser .ci/with-elasticsearch .ci/with-ctlog .ci/with-pyoracles .ci/with-bind .ci/with-lists $(GO) test -timeout 25m ./...

check: fmt vet lint ## format, vet, staticcheck, arrows, all tests with the race detector
	@.ci/with-browser .ci/with-elasticsearch .ci/with-ctlog .ci/with-pyoracles .ci/with-bind .ci/with-lists $(GO) test -race -timeout 40m ./...

fmt:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "gofmt wants:"; echo "$$bad"; exit 1; fi

vet:
	$(GO) vet ./...

lint:
	$(GO) tool staticcheck ./...

arrows: ## only the test that imports run one way
	$(GO) test -count=1 .

fuzz: ## every fuzz target for 10 seconds
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep ^Fuzz); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 10s $$p || exit 1; done; done

bench-crawl: ## fetch + extract + store against bare net/http and colly, ratios in one run
	$(GO) run ./cmd/bench crawl

bench-cluster: ## kits and operators among 10,000 and 100,000 made-up sites: time, memory, growth, right pairs
	$(GO) run ./cmd/bench cluster $(BENCH)

bench-render: ## pages a minute in a browser against Crawlee + Puppeteer on the same browser; memory over 500 pages
	$(GO) run ./cmd/bench render $(BENCH)

bench-stores: ## 100,000 made-up sites through both stores: saved, grouped, joined one by one, grouped again
	.ci/with-elasticsearch $(GO) run ./cmd/bench stores $(BENCH)

bench-discover: ## certificates read, names scored and names resolved a second, against what the machine can at all
	.ci/with-bind $(GO) run ./cmd/bench discover $(BENCH)

fit: ## learn the weights of verdicts from labelled sites; writes configs/rules/weights.yaml
	$(GO) run ./cmd/fit

bench-extract: ## extraction against iocsearcher, the speed of memory, and texts made to be slow, ratios in one run
	$(GO) run ./cmd/bench extract

clean:
	rm -rf $(BIN) data
