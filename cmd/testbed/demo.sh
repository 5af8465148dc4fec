#!/usr/bin/env bash
# The main job on made-up sites: serve them on loopback, crawl, then print the clusters, one dossier and one export.
# Usage: cmd/testbed/demo.sh FOLDER-WITH-BINARIES. The store stays in data/demo to be looked at.
set -euo pipefail
bin=$(cd "$1" && pwd)
work=data/demo
rm -rf "$work" && mkdir -p "$work"
step() {
	printf '\n\033[1m$ scamatlas %s\033[0m\n' "$*"
	"$bin/scamatlas" "$@" --config "$work/scamatlas.yaml" --store "$work/store"
}

"$bin/testbed" -hosts "$work/hosts.txt" -config "$work/scamatlas.yaml" >"$work/testbed.log" 2>&1 &
testbed=$!
trap 'kill $testbed 2>/dev/null; wait $testbed 2>/dev/null || true' EXIT
for _ in $(seq 200); do grep -q '^ready' "$work/testbed.log" && break; sleep 0.05; done
grep -q '^ready' "$work/testbed.log" || { echo "the made-up sites did not come up:" >&2; cat "$work/testbed.log" >&2; exit 1; }

step crawl -f "$work/hosts.txt"
step clusters
first=$("$bin/scamatlas" clusters --layer operator --json --store "$work/store" | sed -n 1p)
operator=$(sed -E 's/^\{"id":"([^"]*)".*/\1/' <<<"$first")
host=$(sed -E 's/.*"hosts":\["([^"]*)".*/\1/' <<<"$first")
step show "$operator"
step show "$host"
step pivot "$host" --limit 5
step export --format hosts --query "operator:$operator"

printf '\nThe store stays in %s/store. Try:\n' "$work"
printf '  bin/scamatlas %s --store %s/store\n' 'search chain:trx' "$work" "pivot $host" "$work" "show $operator --json" "$work"
