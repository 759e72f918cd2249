# Targets of opsgraph. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# golangci-lint lives in a module file of its own; Go keeps the binary in its build cache after the first call.
LINT := go tool -modfile=tools/lint.mod golangci-lint
# Says what runs, and how long it took.
PART := tools/part
# Time for each fuzz target of `make fuzz`.
FUZZTIME ?= 60s
# How long `make soak` lasts.
SOAK ?= 24m
# How long `make live-oracle` lasts.
ORACLE ?= 10m
# How often `make start` starts the program.
STARTS ?= 20
# Rounds of `make bench` and `make bench-peers`.
ROUNDS ?= 5
# Packages of test, bench-go, fuzz and cover.
PACKAGES ?= ./...
# Where tests leave what clients and suites came to; `make test` prints it.
REPORT := $(CURDIR)/bin/report

##@ Running

.PHONY: run
run: ## start everything on an embedded default: gateway on 127.0.0.1:8080, simulated upstream, cache in memory
	@tools/console --optional
	@$(MAKE) --no-print-directory build
	./bin/opsgraph serve

.PHONY: sim
sim: build ## start the simulated upstream alone on 127.0.0.1:9090
	./bin/opsgraph simulate

.PHONY: build
build: ## build the binary bin/opsgraph
	CGO_ENABLED=0 go build -trimpath -o bin/opsgraph .

.PHONY: image
image: web ## make the container image bin/opsgraph-image.tar without an engine: `podman load`, `docker load`
	go run ./deploy/container -out bin/opsgraph-image.tar

.PHONY: web
web: ## build the pages for browsers into web/dist, from where the binary embeds them
	@tools/console

##@ Checking

.PHONY: test
test: ## run every test with the race detector; install what the tests need, or say what to install
	@$(PART) "test: what the tests need" tools/need gcc redis-server node npm chromium chromium-headless-shell fonts-noto-cjk curl python3 nginx haproxy promtool systemd-analyze openssl ca-certificates
	@$(PART) "test: pages for browsers" tools/console
	@mkdir -p $(REPORT)
	@# Compiled before the first test runs: tests that run meanwhile have too little of the machine.
	@$(PART) "test: compile the program" env CGO_ENABLED=0 go build -trimpath ./...
	@$(PART) "test: compile the tests" bash -c "go test -race -vet=off -run '^$$' $(PACKAGES) >/dev/null"
	@$(PART) "test: run the tests" env TEST_REPORT=$(REPORT) go test -race -vet=off -timeout 20m -skip TestConsole_inChromium $(PACKAGES)
	@# By itself: the browser takes all of the machine, and tests of deadlines beside it have too little.
	@go list $(PACKAGES) | grep -q internal/e2e/console$$ || exit 0; \
		$(PART) "test: use the console" env TEST_REPORT=$(REPORT) go test -race -vet=off -timeout 10m ./internal/e2e/console
	@echo "clients and suites:"; cat $(REPORT)/*.txt 2>/dev/null || echo "none in these packages"

.PHONY: check
check: generated-current fmt-check lint tidy licences-check ## generated code current, format, lint with vet, go.mod tidy, licences

.PHONY: deploy-check
deploy-check: ## fail if deploy/kubernetes is not what helm makes of deploy/helm; lint the chart
	@$(PART) "deploy-check: render the chart" deploy/kubernetes/render --check

.PHONY: deploy-render
deploy-render: ## render deploy/helm into deploy/kubernetes
	deploy/kubernetes/render

.PHONY: generated-current
generated-current: ## fail if generated code differs from what its sources make
	@$(PART) "check: generated code" tools/generated-current

.PHONY: fmt-check
fmt-check: ## fail if a file is not formatted
	@$(PART) "check: format" $(LINT) fmt --diff

.PHONY: lint
lint: ## golangci-lint, which runs go vet's checks too; go vet for the modules of the example and of the provider's SDK
	@$(PART) "check: lint" $(LINT) run
	@$(PART) "check: vet the example" go -C examples/go vet ./...
	@$(PART) "check: vet the calls of the SDK" go -C internal/e2e/clients/huawei vet ./...
	@$(PART) "check: vet the list of parts" go -C tools/supply vet ./...

.PHONY: tidy
tidy: ## fail if go.mod or go.sum are not tidy
	@$(PART) "check: go.mod" go mod tidy -diff
	@$(PART) "check: go.mod of the example" go -C examples/go mod tidy -diff
	@$(PART) "check: go.mod of the calls of the SDK" go -C internal/e2e/clients/huawei mod tidy -diff
	@$(PART) "check: go.mod of the list of parts" go -C tools/supply mod tidy -diff

.PHONY: licences-check
licences-check: ## fail if a part of the release has no allowed licence, or docs/licences.md lacks one
	@$(PART) "check: licences" go -C tools/supply run . -root $(CURDIR) -page docs/licences.md -check

##@ Working

.PHONY: generate
generate: ## write generated code anew; fail if the schema breaks clients and CHANGELOG.md does not say so
	go generate ./...
	go test ./internal/config -run '^TestDocumentIsCurrent$$' -update
	tools/clients generate
	go -C examples/go generate ./...

.PHONY: fmt
fmt: ## format
	$(LINT) fmt

.PHONY: cover
cover: ## measure what the tests cover: cover.out, cover.html and the total
	@tools/need redis-server node npm chromium chromium-headless-shell fonts-noto-cjk nginx haproxy promtool
	@tools/console
	go test -coverpkg=./... -coverprofile=cover.out $(PACKAGES)
	go tool cover -html=cover.out -o cover.html
	go tool cover -func=cover.out | tail -n 1

.PHONY: bench
bench: ## measure the gateway beside net/http and an earlier commit; SCENES=rates,… ROUNDS=5, UPDATE=1 writes docs/performance.md
	@tools/need wrk taskset redis-server git
	go build -trimpath -o bin/measure ./bench
	bin/measure ours -rounds $(ROUNDS) $(if $(SCENES),-scenes "$(SCENES)") $(if $(UPDATE),-update)

.PHONY: bench-peers
bench-peers: ## measure it beside other servers on the same records; PEERS=tailcall,… ROUNDS=5, UPDATE=1 writes docs/performance.md
	@tools/need wrk taskset node npm
	go build -trimpath -o bin/measure ./bench
	bin/measure peers -rounds $(ROUNDS) $(if $(PEERS),-peers "$(PEERS)") $(if $(UPDATE),-update)

.PHONY: bench-go
bench-go: ## run the Go benchmarks of PACKAGES
	@tools/need redis-server
	go test -run '^$$' -bench . -benchmem $(PACKAGES)

.PHONY: bench-web
bench-web: ## print how long the console takes in Chromium, beside a page with nothing on it, with 13,000 alarms too
	@tools/need node npm chromium chromium-headless-shell fonts-noto-cjk
	go test -count=1 -v -timeout 15m -run '^TestConsole_times$$' ./internal/e2e/console -times

.PHONY: loop
loop: ## print the CPU seconds that one changed file costs, to build and to test
	@tools/loop

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME (60s)
	@FUZZTIME=$(FUZZTIME) tools/fuzz $(PACKAGES)

.PHONY: start
start: ## print how long the program takes until it is ready beside `true`, and what it holds when idle; STARTS=20
	@tools/need redis-server
	go test -count=1 -v -timeout 10m -run '^TestProcessStarts' ./internal/e2e/process -starts $(STARTS)

.PHONY: chaos
chaos: ## break Redis, the upstream and replicas under load, and print what was seen; UPDATE=1 writes docs/reliability.md
	@tools/need redis-server
	go test -count=1 -v -timeout 120s -run '^TestProcess(Killed|Ends)' ./internal/e2e/process
	go test -count=1 -v -timeout 290s -run '^TestChaos' ./internal/e2e/chaos -chaos $(if $(UPDATE),-update)

.PHONY: failover
failover: ## replace masters of Redis Sentinel and Cluster under load, restart replicas, share a quota by 64; some 6 minutes
	@tools/need redis-server nginx haproxy
	go test -count=1 -v -timeout 30m ./internal/e2e/failover -failover

.PHONY: soak
soak: ## break the upstream, Redis and a replica again and again for SOAK (24m), and look for what grows
	@tools/need redis-server
	go test -count=1 -v -timeout 2h -run '^TestProcessSoak' ./internal/e2e/process -soak $(SOAK)

.PHONY: live-oracle
live-oracle: ## change, cut and shift live data at random for ORACLE (10m), and compare what is reported with the raw upstream
	@tools/need redis-server
	go test -count=1 -v -timeout 2h -run '^TestLiveOracle' ./internal/e2e/liveoracle -live-oracle $(ORACLE)

.PHONY: oracle
oracle: ## compare answers on many sites with what the documents make of the upstream's rows, and ask many random queries
	@tools/need redis-server
	go test -count=1 -v -timeout 30m ./internal/e2e/oracle -many

.PHONY: differ
differ: ## ask both executors 5,000 random queries in equal worlds: cold, warm, stale, dead and under faults
	go test -count=1 -v -timeout 30m -run '^TestWorlds' ./internal/e2e/differ -many

##@ Releasing

.PHONY: licences
licences: ## write docs/licences.md: what is in a release and under which licence
	go -C tools/supply test ./...
	go -C tools/supply run . -root $(CURDIR) -page docs/licences.md

.PHONY: sbom
sbom: ## write bills of materials (CycloneDX) into bin/sbom, and hold them against the specification's schema
	@tools/sbom

.PHONY: vulnerabilities
vulnerabilities: ## look for known vulnerabilities in what the binary calls; fails where the database can't be had
	@tools/need curl
	@tools/vulnerabilities

.PHONY: release
release: ## build archives for linux and darwin twice, compare them, and write them with checksums into bin/release
	@tools/need node npm
	@tools/release

.PHONY: clean
clean: ## remove what was built and measured
	rm -rf bin cover.out cover.html
	find web/dist -mindepth 1 -not -name .gitkeep -delete

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
