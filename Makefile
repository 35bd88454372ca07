# Short verbs. `make run` and `make test` are all that a newcomer needs: Go, Node and make do the rest.

GO      ?= go
NPM     ?= npm
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
WEB     := ui/web
LINT    := honnef.co/go/tools/cmd/staticcheck@v0.7.0

KILLS ?= 1000
CUTS  ?= 200
ITEMS ?= 10000
PLANT ?= 10m
MINUTES ?= 30
DAMAGES ?= 500
FILLS ?= 10
LOSSES ?= 200
PICTURES ?= 5000
LABELS ?= 100
FLOOD ?= 200000
MEMORY ?= 3

export CGO_ENABLED ?= 0

.PHONY: run build onnx ui test unit check lint types e2e flows look golden bench bench-flagging bench-mqtt bench-sync bench-page bench-mask fmt cross clean crash powercut centre soak damage diskfull labelloss plant memory bench-store

run: build                      ## the demo line: builds everything and prints the page's address
	./bin/edgelabel demo

build: ui                       ## bin/edgelabel with the page inside
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/edgelabel ./agent/cmd/edgelabel

onnx:                           ## bin/edgelabel-onnx, which runs models in .onnx files; needs a C compiler, and libonnxruntime where it runs
	CGO_ENABLED=1 $(GO) build -trimpath -ldflags '-s -w' -tags onnx -o bin/edgelabel-onnx ./agent/cmd/edgelabel-onnx

ui: $(WEB)/dist/index.html      ## the page

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && $(NPM) ci --no-audit --no-fund
	@touch $@

WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/*.mjs $(WEB)/*.json $(WEB)/*.html $(WEB)/*.svg $(WEB)/*.webmanifest -type f 2>/dev/null)
$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && $(NPM) run build

test: build unit e2e            ## everything; what needs a peer that is not installed skips and says so

unit: ui
	@mkdir -p bin
	@CGO_ENABLED=1 $(GO) test -race -timeout 15m -v ./... >bin/unit.log 2>&1 || { cat bin/unit.log; exit 1; }
	@grep -E '^(ok|\?) ' bin/unit.log | grep -v 'no test files'
	@grep -B1 '^ *--- SKIP' bin/unit.log || true
	cd $(WEB) && $(NPM) test

e2e: build                      ## the built program in a real browser and against real peers
	CGO_ENABLED=0 $(GO) test -count=1 -timeout 30m -tags e2e -v ./agent/e2e
	
crash: build                    ## kills the agent KILLS times at random and at every failpoint, then counts what it acknowledged
	EDGELABEL_KILLS=$(KILLS) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run 'TestCrashLoop|TestReleaseHasNoFailpoints' -v ./agent/e2e

powercut: build                 ## cuts the power of ext4 and of xfs CUTS times each; needs root, fuse, xfsprogs and e2fsprogs
	EDGELABEL_CUTS=$(CUTS) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run TestPowerCut -v ./agent/e2e

plant: build                    ## 1000 OPC UA items at 10 Hz for PLANT, beside Telegraf, then cut, hung and killed
	EDGELABEL_PLANT=$(PLANT) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run TestFastPLC -v ./agent/e2e

labelloss: build                ## kills browser, agent and network LOSSES times while somebody labels: no label is missing, none is there twice
	EDGELABEL_LOSS_KILLS=$(LOSSES) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run TestLabelLoss -v ./agent/e2e

soak: build                     ## breaks something every 20 s for MINUTES: memory, goroutines, descriptors and disk stay flat; needs root and the peers
	EDGELABEL_MINUTES=$(MINUTES) CGO_ENABLED=0 $(GO) test -count=1 -timeout 10h -tags e2e -run 'TestSoak' -v ./agent/e2e

damage:                         ## damages a data directory DAMAGES times, in every kind of file and page: it opens, and what is lost is listed
	EDGELABEL_DAMAGES=$(DAMAGES) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -run TestRandomDamage -v ./store

diskfull: build                 ## fills the disk under the agent FILLS times; needs root
	EDGELABEL_FILLS=$(FILLS) CGO_ENABLED=0 $(GO) test -count=1 -timeout 1h -tags e2e -run TestDiskFull -v ./agent/e2e

memory: build                   ## 1000 signals at 10 Hz, two pictures a second and 100 000 items for MEMORY minutes: memory and CPU; needs mosquitto
	EDGELABEL_MEMORY=$(MEMORY) CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run TestMemory -v ./agent/e2e

centre: build                   ## ITEMS pictures over a line that does everything wrong: cuts, kills, bad answers, then verify
	EDGELABEL_CENTRE_ITEMS=$(ITEMS) EDGELABEL_CENTRE_CUTS=50 EDGELABEL_CENTRE_KILLS=3 CGO_ENABLED=0 $(GO) test -count=1 -timeout 2h -tags e2e -run 'TestCentreBehindABadLine|TestTwoGateways' -v ./agent/e2e

check: lint types               ## before every commit: format, vet, lint, import map, types, unit tests
	CGO_ENABLED=1 $(GO) test -race -short -timeout 10m ./...
	cd $(WEB) && $(NPM) test

lint:
	@test -z "$$(gofmt -l agent collectors store sync ui configs | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) vet -tags e2e ./agent/e2e
	@if command -v cc >/dev/null; then CGO_ENABLED=1 $(GO) vet -tags onnx ./agent/cmd/edgelabel-onnx; else echo "no C compiler: edgelabel-onnx is not looked at"; fi
	GOOS=linux GOARCH=arm GOARM=7 CGO_ENABLED=0 $(GO) build -o /dev/null ./agent/cmd/edgelabel # an int has 32 bits there
	$(GO) run $(LINT) -checks all,-ST1000,-ST1005,-ST1020,-ST1021,-ST1022 ./...

types: $(WEB)/node_modules/.package-lock.json
	cd $(WEB) && $(NPM) run check

bench:                          ## ratios side by side, never seconds alone
	EDGELABEL_BENCH_LARGE=1 $(GO) test -run '^$$' -bench . -benchmem -timeout 1h ./...
	cd store/storetest/gorilla && $(GO) test -run '^$$' -bench . ./...

bench-store:                    ## what the store costs, and how that grows with ten times the work; samples beside Prometheus' chunks
	EDGELABEL_BENCH_LARGE=1 $(GO) test -run '^$$' -bench . -timeout 1h ./store
	cd store/storetest/gorilla && $(GO) test -run '^$$' -bench . ./...

bench-mqtt: build               ## FLOOD messages at QoS 1 from eight senders, beside Telegraf; 500 pictures of 1 MB; a broker killed three times
	EDGELABEL_FLOOD=$(FLOOD) CGO_ENABLED=0 $(GO) test -count=1 -timeout 30m -tags e2e -run TestMQTT -v ./agent/e2e

bench-sync: build               ## PICTURES of 200 KB to a store beside rclone copy; LABELS from saved to the centre
	EDGELABEL_SYNC_PICTURES=$(PICTURES) EDGELABEL_SYNC_LABELS=$(LABELS) CGO_ENABLED=0 $(GO) test -count=1 -timeout 30m -tags e2e -run 'TestSyncSpeed|TestLabelReachesTheCentre' -v ./agent/e2e

flows: ui                       ## what people do on the page, step by step at a simulated gateway: mouse, finger and keys, both languages
	cd $(WEB) && $(NPM) run e2e

look: ui                        ## every screen: beside the pictures kept of it, contrast, sizes, text at 200 %, focus
	cd $(WEB) && node test/look/golden.mjs && node test/look/access.mjs

golden: ui                      ## takes the pictures of every screen anew; look at each of them before you commit
	cd $(WEB) && node test/look/golden.mjs --renew

bench-page: ui                  ## figures of the page in a real browser: frames, brush, first screen, verdict to next part, an hour left open
	cd $(WEB) && node test/bench.mjs && node test/bench/judging.mjs && node test/bench/lanes.mjs && node test/bench/hour.mjs

bench-mask:                     ## DATA=folder with outlined defects: box to mask in a browser's worker, how much of the masks is right, their size, the time
	@test -n "$(DATA)" || { echo "want DATA=FOLDER"; exit 2; }
	cd $(WEB) && node test/bench/mask.mjs $(abspath $(DATA))

bench-flagging: build           ## DATA=folder with recordings: scores with default settings, speed and memory; UCR=folder adds that archive
	@test -n "$(DATA)" || { echo "want DATA=FOLDER"; exit 2; }
	$(GO) run ./agent/cmd/benchflagging -data $(DATA) -edgelabel bin/edgelabel -ucr "$(UCR)"
	EDGELABEL_IMAGES=$(abspath $(DATA))/images $(GO) test -count=1 -run Measure -v ./agent/vision
	$(GO) test -run '^$$' -bench 'Push|Row52|Restless|Plant' -benchmem ./agent/detect/robustz ./agent/detect/change ./agent/detect/novelty ./agent/detect/shape ./agent/detect/multivariate ./agent/pipeline

fmt:
	gofmt -w agent collectors store sync ui configs

cross: ui                       ## static programs for the usual gateways
	GOOS=linux GOARCH=amd64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/edgelabel-linux-amd64 ./agent/cmd/edgelabel
	GOOS=linux GOARCH=arm64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/edgelabel-linux-arm64 ./agent/cmd/edgelabel
	GOOS=linux GOARCH=arm GOARM=7 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/edgelabel-linux-armv7 ./agent/cmd/edgelabel

clean:
	rm -rf bin $(WEB)/dist $(WEB)/node_modules $(WEB)/.tsbuild
