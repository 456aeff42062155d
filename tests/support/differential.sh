# Compares `lfsguard scan --format json` with scan_oracle.py. Source it; LFSGUARD_BUILD and LFSGUARD_SOURCE must be set.

# The parts of a report that a brute force can know, one finding a line. Standard input: either report.
comparable() {
  python3 -c '
import json, sys
report = json.load(sys.stdin)
keep = {}
for key in ("findings", "allowed"):
    keep[key] = [{k: v for k, v in f.items() if k not in ("remedy", "message")} for f in report[key]]
keep["summary"] = report["summary"]
if sys.argv[1] == "whole":
    keep["unreachable"] = report["unreachable"]
    keep["scanned"] = {k: report["scanned"][k] for k in ("objects", "blobs", "packs", "loose")}
for key in sorted(keep):
    for item in keep[key] if isinstance(keep[key], list) else [keep[key]]:
        print(key, json.dumps(item, sort_keys=True))' "$1"
}

# same_as_oracle NAME REPOSITORY whole|range FLAGS...
same_as_oracle() {
  local name=$1 repository=$2 kind=$3 found expected code
  shift 3
  found=$("$LFSGUARD_BUILD/lfsguard" -C "$repository" scan --format json "$@" 2>"$work/stderr")
  code=$?
  expected=$(python3 "$LFSGUARD_SOURCE/tests/support/scan_oracle.py" "$@" "$repository" | comparable "$kind")
  found=$(printf '%s' "$found" | comparable "$kind" 2>/dev/null) || found="exit $code: $(cat "$work/stderr")"
  check "$name" "$expected" "$found"
}
