#!/usr/bin/env bash
# Every check of the project, from a clean checkout: what a developer runs before a push and what CI
# runs after it. Needs a Rust toolchain and a C compiler; says what it found missing, and what was
# skipped for want of it. Ends with a summary; the exit code is 0 only when every step passed.
set -uo pipefail

usage() {
    cat <<'TEXT'
usage: tests/run.sh [--quick]

  --quick  formatting, clippy and tests only
TEXT
}

is_quick=false
for argument in "$@"; do
    case "$argument" in
        --quick) is_quick=true ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# Settings of the person who runs this must not reach the program under test.
for name in $(compgen -e MDA_); do
    [ "$name" = MDA_SHARED_DATA ] || unset "$name"
done
export INSTA_UPDATE=no INSTA_FORCE_PASS=0

target=${CARGO_TARGET_DIR:-target}
logs=$target/run
rm -rf "$logs"
mkdir -p "$logs" || exit 1

passed=() failed=() skipped=()

say() { printf '%s\n' "$@"; }
skip() { skipped+=("$*"); say "SKIPPED: $*"; }

# step NAME COMMAND…: runs the command, times it, and remembers how it went.
step() {
    local name=$1 begin=$SECONDS
    shift
    say "" "── $name"
    if "$@"; then
        passed+=("$name")
        say "ok, $((SECONDS - begin)) s"
    else
        failed+=("$name")
        say "FAILED, $((SECONDS - begin)) s"
        return 1
    fi
}

component() { # component SUBCOMMAND NAME: installs a part of the toolchain that is missing
    cargo "$1" --version >/dev/null 2>&1 && return
    say "installing $2"
    rustup component add "$2" || { say "cargo $1 is missing: install $2"; return 1; }
}

tools() {
    if ! command -v cargo >/dev/null; then
        say "no Rust toolchain: install one with rustup (https://rustup.rs), then run this again"
        return 1
    fi
    if ! command -v cc >/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "installing a C compiler"
            apt-get update -qq && apt-get install -qqy --no-install-recommends gcc libc6-dev
        fi
        command -v cc >/dev/null || { say "no C compiler: install gcc or clang"; return 1; }
    fi
    component fmt rustfmt && component clippy clippy || return 1
    cargo --version
    rustc --version
}

# Shows a test run as it goes, without the output of tests that pass; the log keeps all of it.
without_passes() {
    awk '
        /^ +PASS \[/ { hidden = 1; next }
        /^ +[A-Z][A-Za-z0-9+ -]* \[/ || /^─/ || /^(error|warning)/ { hidden = 0 }
        !hidden { print; fflush() }
    '
}

with_nextest() {
    cargo nextest run --locked --all-features --color never \
        --status-level pass --success-output immediate 2>&1 | tee "$logs/tests.log" | without_passes
}

with_cargo_test() {
    cargo test --locked --all-features --color never --no-fail-fast --lib --bins --tests \
        -- --test-threads=2 --show-output 2>&1 | tee "$logs/tests.log" | awk '
            /^successes:/ { hidden = 1 }
            /^(failures:|test result|error)/ { hidden = 0 }
            !hidden && !/ \.\.\. ok$/ { print; fflush() }
        '
}

tests() {
    export INSTA_SNAPSHOT_REFERENCES_FILE=$PWD/$logs/snapshots-used
    case "$logs" in /*) INSTA_SNAPSHOT_REFERENCES_FILE=$logs/snapshots-used ;; esac
    : >"$INSTA_SNAPSHOT_REFERENCES_FILE"
    if cargo nextest --version >/dev/null 2>&1; then
        with_nextest
    else
        say "cargo nextest is not installed: cargo test runs the same tests, more slowly"
        with_cargo_test
    fi
}

# Snapshots that no test looked at: insta itself wrote down which it used.
snapshots() {
    local unused
    unused=$(comm -23 \
        <(find . -name '*.snap' -not -path "./target/*" -exec realpath {} + | sort -u) \
        <(xargs -r -d '\n' realpath -m <"$INSTA_SNAPSHOT_REFERENCES_FILE" | sort -u))
    [ -z "$unused" ] && return
    say "no test uses:" "$unused"
    return 1
}

doc_tests() { cargo test --locked --all-features --doc --quiet; }
docs() { RUSTDOCFLAGS='-D warnings' cargo doc --locked --all-features --no-deps --quiet; }
release() { cargo build --release; }

smoke() {
    local binary=$target/release/mda version
    version=$("$binary" --version) || return 1
    say "$version"
    [ "$version" = "mda $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)" ]
}

deny() { cargo deny --all-features check --config .deny.toml; }

test_count() { # test_count WORD: adds up "12 passed" of every summary line of the log
    grep -E '^ +Summary |^test result' "$logs/tests.log" 2>/dev/null |
        grep -oE "[0-9]+ $1" | awk '{ sum += $1 } END { print sum + 0 }'
}

summary() {
    say "" "── summary, $((SECONDS / 60)) min $((SECONDS % 60)) s"
    say "tests: $(test_count passed) passed, $(test_count failed) failed"
    while read -r line; do
        skipped+=("test ${line#SKIPPED: }")
    done < <(grep -ohE 'SKIPPED: .*' "$logs/tests.log" 2>/dev/null | sort -u)
    say "skipped: ${#skipped[@]}"
    [ ${#skipped[@]} -eq 0 ] || printf '  %s\n' "${skipped[@]}"
    say "steps passed: ${passed[*]:-none}"
    say "steps failed: ${failed[*]:-none}"
    [ ${#failed[@]} -eq 0 ]
}

step tools tools || { summary; exit 1; }
step fmt cargo fmt --check
step clippy cargo clippy --locked --all-targets --all-features --quiet -- -D warnings
if step tests tests; then
    step snapshots snapshots
else
    skip "snapshots: which are used is known only when the tests pass"
fi
if ! $is_quick; then
    step doc-tests doc_tests
    step docs docs
    step release release && step smoke smoke
    if cargo deny --version >/dev/null 2>&1; then
        step deny deny
    else
        skip "deny: cargo-deny is not installed (licences, advisories and sources of dependencies)"
    fi
fi
summary
