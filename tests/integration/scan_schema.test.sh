#!/usr/bin/env bash
# Reports hold to their schemas: JSON to docs/scan.schema.json, SARIF to the public schema of 2.1.0 where LFSGUARD_SARIF_SCHEMA names a copy of it.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"

python3 -c 'import jsonschema' 2>/dev/null || { not_run "schemas" "python3-jsonschema is not installed"; exit 0; }
holds_to() { # NAME SCHEMA; standard input: the document
  local said
  if said=$(python3 -c '
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
    if [ -n "${LFSGUARD_SARIF_SCHEMA:-}" ]; then
      # shellcheck disable=SC2086
      "$lfsguard" -C r$seed scan $flags --format sarif 2>/dev/null | holds_to "seed $seed, $flags: SARIF" "$LFSGUARD_SARIF_SCHEMA"
    fi
  done
done
[ -n "${LFSGUARD_SARIF_SCHEMA:-}" ] || not_run "SARIF" "set LFSGUARD_SARIF_SCHEMA to a copy of sarif-schema-2.1.0.json"
finish
