#!/usr/bin/env bash
# Random histories: what the scan says equals what git's plumbing says by brute force (tests/support/scan_oracle.py).
#   bash tests/integration/scan_differential.test.sh [FIRST-SEED COUNT]     more seeds than the fixed ones
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/differential.sh"

first=${1:-1} count=${2:-14}
for ((seed = first; seed < first + count; seed++)); do
  python3 "$LFSGUARD_SOURCE/tests/support/random_history.py" "$seed" "r$seed" >stored || { fail "seed $seed: no repository was made"; continue; }
  r=r$seed label="seed $seed ($(cat stored))"
  threshold=$((seed % 3 == 0 ? 120 : 1000))
  same_as_oracle "$label: --above $threshold" "$r" whole --above "$threshold"
  tree_hash "$r/.git" >before
  cat >"$r/.lfsguard.toml" <<TOML
threshold = 1000
warn = 300
[rules]
binary = "warn"
bad-pointer = "error"
[[limit]]
path = "*.dat"
threshold = 2000
[[limit]]
path = "/a/"
threshold = 999
[[limit]]
path = "[[:upper:]].*"
threshold = 1
[[allow]]
path = "w.*"
reason = "reviewed"
[[allow]]
path = "/x/*"
reason = "over"
until = 2020-01-01
TOML
  same_as_oracle "$label: policy" "$r" whole
  same_as_oracle "$label: --strict" "$r" whole --strict
  [ -e "$r.linked" ] && [ ! -e "$r.linked/.lfsguard.toml" ] && cp "$r/.lfsguard.toml" "$r.linked/" &&
    check "$label: a linked work tree gives the same answer" "$("$lfsguard" -C "$r" scan --format json | comparable whole)" \
      "$("$lfsguard" -C "$r.linked" scan --format json | comparable whole)"
  sed -i '1i growth = "allow"' "$r/.lfsguard.toml"
  same_as_oracle "$label: growth is allowed" "$r" whole --strict
  same_as_oracle "$label: and nothing but size is searched for" "$r" whole
  rm "$r/.lfsguard.toml"
  mapfile -t commits < <(GIT_NO_REPLACE_OBJECTS=1 git -C "$r" -c core.commitGraph=false rev-list --branches | sort)
  a=${commits[$((seed * 7 % ${#commits[@]}))]} b=${commits[$((seed * 3 % ${#commits[@]}))]}
  same_as_oracle "$label: --range" "$r" range --range "$a..$b" --strict --above "$threshold"
  ref=$(git -C "$r" for-each-ref --format='%(refname)' | grep -v ^refs/lfsguard/ | sed -n "$((seed % 4 + 1))p")
  [ -z "$ref" ] || same_as_oracle "$label: --ref $ref" "$r" whole --ref "$ref" --above "$threshold"
  check "$label: no file outside lfsguard's folder changed" "$(cat before)" "$(tree_hash "$r/.git")"
  rm -rf "${r:?}" "$r".*
done
finish
