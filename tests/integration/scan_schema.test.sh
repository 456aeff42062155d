#!/usr/bin/env bash
# JSON reports hold to docs/scan.schema.json. (SARIF: tests/peers/sarif.peer.sh.)
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"

# Debian's package is seen by Debian's Python alone.
python=$(for candidate in python3 /usr/bin/python3; do "$candidate" -c 'import jsonschema' 2>/dev/null && echo "$candidate" && break; done)
[ -n "$python" ] || { fail "reports hold to their schema" "no Python with jsonschema: apt-get install python3-jsonschema"; finish; }
holds_to() { # NAME SCHEMA; standard input: the document
  local said
  if said=$("$python" -c '
import json, sys, jsonschema
schema, document = json.load(open(sys.argv[1])), json.load(sys.stdin)
validator = jsonschema.validators.validator_for(schema)(schema)
errors = sorted(validator.iter_errors(document), key=str)
for error in errors[:5]: print("/".join(map(str, error.absolute_path)), error.message[:300])
sys.exit(bool(errors))' "$2" 2>&1); then pass "$1"; else fail "$1" "$said"; fi
}

for seed in 1 2 3 4; do
  python3 "$LFSGUARD_SOURCE/tests/support/random_history.py" $seed r$seed >/dev/null
  printf '[[allow]]\npath = "w.*"\nreason = "reviewed"\n' >r$seed/.lfsguard.toml
  for flags in "--above 1000" "--above 300 --strict" "--above 1000 --staged" "--above 1000 --worktree" "--above 1000 --range HEAD~1..HEAD"; do
    # shellcheck disable=SC2086
    "$lfsguard" -C r$seed scan $flags --format json 2>/dev/null >out
    case $?:$flags in 12[89]:*HEAD*) continue ;; esac
    holds_to "seed $seed, $flags: JSON" "$LFSGUARD_SOURCE/docs/scan.schema.json" <out
  done
done
finish
