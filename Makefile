# The verbs of this project. `make` or `make help` lists them; all work from any directory with `make -C PATH VERB`.
MVN ?= mvn -B
# More flags for the server's JVM, behind those of the launcher: JAVA_OPTS=-Xmx2g
JAVA ?= java
JAVA_OPTS ?=
ARGS ?=
PORT ?= 9001
# Not empty: `make bench` and `make load` show only that everything works, in half a minute or two.
QUICK ?=
# How long `make chaos` attacks the cluster.
CHAOS_SECONDS ?=
# Not empty: `make grep-bench` takes the whole tree, which is some minutes.
FULL ?=
# What the reports in benchmarks/results are called; those called latest are not committed.
NAME ?= latest
# true switches off the coverage gate of `make check`: 85 % of the lines of the library.
COVERAGE_SKIP ?= false

JAR := server/target/agentws-server.jar
LAUNCHER := JAVA="$(JAVA)" JAVA_OPTS="$(JAVA_OPTS)" server/target/bin/agentws
BENCH_JAR := benchmarks/target/agentws-benchmarks.jar
SOURCES := $(shell find src/main server/src/main -type f 2>/dev/null) pom.xml src/pom.xml server/pom.xml \
    clients/javascript/agentws.js
BENCH_SOURCES := $(shell find benchmarks/src/main benchmarks/pom.xml -type f 2>/dev/null)
# What a reader of the test run wants to see, out of all that Maven says.
TEST_LINES := Tests run:|ERROR|FAIL|BUILD|Rule violated|Building agentws|WARNING.*[.]java

.DEFAULT_GOAL := help
.PHONY: help archive run demo test check console-test launcher-test clients fmt echo bench load chaos cluster grep-bench sleepers commits shell dist reproducible clean
# A failing Maven must fail the verb although its output goes through grep.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(JAR): $(SOURCES)
	@echo "building ..."
	@$(MVN) -q -Dstyle.color=never -DskipTests -pl server -am package
	@touch $@

# Does nothing if the archive for this JVM is newer than the jar; without one the start only takes longer.
archive: $(JAR)
	@$(LAUNCHER) train || true

run: archive ## build if needed and start the server; flags in ARGS, such as ARGS="--port 8002"
	@$(LAUNCHER) $(ARGS)

demo: archive ## play one whole conversation over a real WebSocket and print it
	@$(LAUNCHER) demo $(ARGS)

test: ## build everything and run all tests
	@$(MVN) -Dstyle.color=never verify 2>&1 | grep -a --line-buffered -E '$(TEST_LINES)'

check: ## what continuous integration runs: format, lint, all tests, rules, leaks, coverage
	@$(MVN) -q spotless:check
	@command -v redis-server >/dev/null || apt-get install -y -q --no-install-recommends redis-server >/dev/null 2>&1 \
		|| echo "check: NOT TESTED: Redis and several nodes; there is no redis-server, and it could not be installed"
	@rm -rf src/target/surefire-reports server/target/surefire-reports src/target/jacoco.exec
	@$(MAKE) --no-print-directory test MVN='$(MVN) -Dcoverage.gate.skip=$(COVERAGE_SKIP)'
	@if grep -rls 'LEAK:' src/target/surefire-reports server/target/surefire-reports; \
		then echo "check: a buffer leaked, see LEAK: in the files above"; exit 1; fi
	@$(MAKE) --no-print-directory console-test
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory clients; \
		else echo "check: no npm, so the types of the JavaScript client are not checked"; fi
	@$(MAKE) --no-print-directory launcher-test
	@$(MAKE) --no-print-directory bench QUICK=1 | tail -n 12
	@$(MAKE) --no-print-directory load QUICK=1 ARGS="--targets agentws,floor-c --scenarios S1,M1,S4" \
		| grep -E 'skipped|NOT SOUND|every delta|load:'
	@$(MAKE) --no-print-directory chaos QUICK=1 | grep -E 'NOT TESTED|nodes?, |frames checked|lost|doubled|reordered|two things|twice|in vain|report'
	@if reason=$$(grep -rhos 'no sandbox: [^"<&]*' src/target/surefire-reports | sort -u | head -n 1) && [ -n "$$reason" ]; \
		then echo "check: NOT TESTED: the sandbox and the ways out of it; $$reason"; fi
	@echo "check: all good"

console-test: $(JAR) ## check the console: types, logic, and the page in headless Chromium (installs what is missing)
	@src/test/console/run.sh $(JAR)

launcher-test: $(JAR) ## start the server by its launcher with its archive of classes, as users do, and play a turn; also on a JDK 25 if there is one
	@server/src/test/launcher/run.sh server/target/bin/agentws

fmt: ## format the code
	@$(MVN) -q spotless:apply

echo: ## start the echo server behind the production frame pipeline, for conformance runs; PORT=9001
	@$(MVN) -q -pl src test-compile dependency:build-classpath \
		-Dmdep.includeScope=test -Dmdep.outputFile=$(CURDIR)/src/target/test.classpath
	@exec $(JAVA) -XX:+UseSerialGC -cp "src/target/test-classes:src/target/classes:$$(cat src/target/test.classpath)" \
		dev.agentws.websocket.EchoServer $(PORT)

$(BENCH_JAR): $(SOURCES) $(BENCH_SOURCES)
	@echo "building ..."
	@$(MVN) -q -Dstyle.color=never -DskipTests package
	@touch $(JAR) $@

bench: $(BENCH_JAR) ## microbenchmarks beside Jackson, report in benchmarks/results; QUICK=1 is a smoke run, ARGS="--include 'frame_.*'"
	@exec $(JAVA) -jar $(BENCH_JAR) jmh $(if $(QUICK),--quick) --name $(NAME) $(ARGS)

load: $(BENCH_JAR) archive ## load beside a floor and peers, report in benchmarks/results; QUICK=1, ARGS="--scenarios S1,S2h --rounds 5"
	@exec $(JAVA) -Xmx512m -jar $(BENCH_JAR) load $(if $(QUICK),--quick) --name $(NAME) $(ARGS)

chaos: $(BENCH_JAR) ## kill, freeze and cut off nodes under the eyes of clients, report in benchmarks/results; QUICK=1, CHAOS_SECONDS=600
	@exec $(JAVA) -jar $(BENCH_JAR) chaos $(if $(QUICK),--quick) $(if $(CHAOS_SECONDS),--seconds $(CHAOS_SECONDS)) --name $(NAME) $(ARGS)

cluster: $(BENCH_JAR) ## watch a session survive its node: a real Redis (installed if missing), three nodes, a balancer
	@exec $(JAVA) -jar $(BENCH_JAR) cluster $(ARGS)

grep-bench: $(BENCH_JAR) ## time Grep over 20,000 files beside ripgrep, report in benchmarks/results; QUICK=1, FULL=1 for 100,000
	@exec $(JAVA) -jar $(BENCH_JAR) search $(if $(QUICK),--quick) $(if $(FULL),--full) --name $(NAME) $(ARGS)

sleepers: $(BENCH_JAR) archive ## what 10,000 sleeping sessions cost, and how fast they wake, report in benchmarks/results; QUICK=1
	@exec $(JAVA) -jar $(BENCH_JAR) sleepers $(if $(QUICK),--quick) --name $(NAME) $(ARGS)

commits: $(BENCH_JAR) ## how many records a second the journals commit, in files (fast and strict) and in Redis, with 1, 64 and 500 sessions
	@exec $(JAVA) -Xmx512m -jar $(BENCH_JAR) commits $(if $(QUICK),--quick) $(ARGS)

shell: $(BENCH_JAR) ## measure what a command of Bash costs over a plain bash, without the sandbox and with it
	@exec $(JAVA) -jar $(BENCH_JAR) shell

# The modes of files are part of an archive, so whoever packs it with another umask would get other bytes.
dist: ## pack what users unpack, in server/target: agentws-VERSION.tar.gz and .zip, with the list of all that is inside (SBOM)
	@umask 022; $(MVN) -q -Dstyle.color=never -DskipTests -Pdist -pl server -am package
	@ls -l server/target/agentws-*.tar.gz server/target/agentws-*.zip

reproducible: ## build twice in two places and compare all that users get, byte by byte
	@MVN="$(MVN)" deploy/reproducible

clients: ## type-check the JavaScript client; its tests run with those of the server
	@cd clients/javascript && npm ci --silent --no-audit --no-fund && npm run --silent check

clean: ## remove all that was built
	@$(MVN) -q clean
