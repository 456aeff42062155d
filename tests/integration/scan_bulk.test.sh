#!/usr/bin/env bash
# Histories that are long enough to be read in bulk: the scan's list equals git's plumbing's, and, where attributes change, that of a scan with --strict, which
# reads tree by tree.
#   bash tests/integration/scan_bulk.test.sh [FIRST-SEED COUNT]
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"

# Large blobs only, and the two rules that a scan without --strict runs.
large() {
  python3 -c 'import json, sys
report = json.load(sys.stdin)
for f in report["findings"]:
    if f["rule"] in ("oversize", "raw-in-lfs") and f["size"] >= int(sys.argv[1]): print(f["rule"], f["blob"], f["path"], f["commit"], ",".join(f["refs"]))' "$1" | sort
}

first=${1:-1} count=${2:-2}
for ((seed = first; seed < first + count; seed++)); do
  python3 "$LFSGUARD_SOURCE/tests/support/bulk_history.py" "$seed" "plain$seed" 3200 || { fail "seed $seed: no repository was made"; continue; }
  "$lfsguard" -C "plain$seed" scan --above 1000 --format json --no-cache > scan.json
  check "seed $seed: a scan that finds blobs exits with 1" 1 $?
  check "seed $seed: blobs, paths, commits and refs are what git's plumbing says" 0 "$(python3 "$LFSGUARD_SOURCE/tests/support/plumbing_list.py" "plain$seed" 1000 < scan.json > said; echo $?; [ -s said ] && grep -v ' 0 differ' said)"
  python3 "$LFSGUARD_SOURCE/tests/support/bulk_history.py" "$seed" "covered$seed" 2600 attributes || { fail "seed $seed: no repository was made"; continue; }
  "$lfsguard" -C "covered$seed" scan --above 999 --format json --no-cache | large 999 > bulk
  "$lfsguard" -C "covered$seed" scan --above 999 --format json --no-cache --strict | large 999 > strict
  check "seed $seed: the digest of trees finds what reading each tree finds" "$(cat strict)" "$(cat bulk)"
  check "seed $seed: both rules are met" "oversize raw-in-lfs " "$(cut -d' ' -f1 bulk | sort -u | tr '\n' ' ')"
  rm -rf "plain$seed" "covered$seed"
done
finish
