#!/usr/bin/env bash
# `scan --format sarif` before the validator of SARIF's makers (@microsoft/sarif-multitool, npm): the schema of 2.1.0, what that cannot say (indices, URIs,
# message arguments), and what GitHub's code scanning asks of a report besides. What the registry gives is kept in $LFSGUARD_PEERS.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
peers=$LFSGUARD_PEERS/sarif
validator=$peers/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
give_up() { echo "FAILED: $1"; echo "    remedy: $2"; exit 1; }
mkdir -p "$peers"
[ "$(uname -sm)" = "Linux x86_64" ] || give_up "SARIF's validator comes for Linux on x86_64 only" "run tests/peers/run sarif on such a machine"
if [ ! -e "$validator" ]; then
  # Its install script sets the mode, and nothing else.
  (cd "$peers" && echo '{"private": true}' >package.json &&
    npm install --silent --ignore-scripts --no-audit --no-fund @microsoft/sarif-multitool-linux@5.7.0) >"$peers/npm.log" 2>&1 ||
    give_up "SARIF's validator could not be installed: $(tail -1 "$peers/npm.log")" "npm and a registry that it reaches; see $peers/npm.log"
fi
chmod u+x "$validator" || exit 1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # without it the program wants ICU

. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

# valid NAME FILE...: the validator has no error to tell of any of them. Its exit code says only whether it could work.
valid() {
  local name=$1 said
  shift
  said=$("$validator" validate "$@" --rule-kind "Sarif;Ghas" 2>&1) || { fail "$name" "$said"; return; }
  case $said in *"Done. $# files scanned."*) ;; *) fail "$name" "$said"; return ;; esac
  if said=$(grep ': error ' <<<"$said"); then fail "$name" "$(head -5 <<<"$said" | cut -c1-300)"; else pass "$name"; fi
}
# The paths that a report names, as git would quote them, sorted.
paths_of() {
  python3 -c '
import json, sys, urllib.parse
for result in json.load(open(sys.argv[1]))["runs"][0]["results"]:
    for location in result.get("locations", []):
        sys.stdout.buffer.write(urllib.parse.unquote_to_bytes(location["physicalLocation"]["artifactLocation"]["uri"]) + b"\0")' "$1" | LC_ALL=C sort -z | od -An -c
}
rules_of() { json '" ".join(sorted({r["ruleId"] for r in d["runs"][0]["results"]}))' <"$1"; }

case_the_validator_refuses() {
  mkdir refused && cd refused
  git init -q r && "$lfsguard" -C r scan --format sarif >good.sarif
  valid "a repository without a commit: a report without a result" good.sarif
  check "which has no result" 0 "$(json 'len(d["runs"][0]["results"])' <good.sarif)"
  for change in 'd["runs"][0]["resluts"] = []' 'd["runs"][0]["results"] = [{"message": {"text": "t"}, "levle": "error"}]' 'del d["runs"][0]["tool"]["driver"]["name"]' \
    'd["runs"][0]["results"] = [{"message": {"text": "t"}, "ruleId": "oversize", "ruleIndex": 99}]'; do
    python3 -c 'import json, sys; d = json.load(open("good.sarif")); exec(sys.argv[1]); json.dump(d, open("bad.sarif", "w"))' "$change"
    check_contains "the validator refuses: $change" ": error " "$("$validator" validate bad.sarif 2>&1)"
  done
}

case_odd_paths() {
  guarded_repository odd
  git config lfsguard.threshold 1000
  seed=0
  for name in 'with space.bin' '100%25 sure%.bin' $'two\nlines.bin' $'latin-\xe9.bin' $'tab\there.bin' 'a:b.bin' '#frag?query.bin' '"quoted\back".bin' \
    $'d\xff/\xfe' 'ünï/çödé.bin' '[x]*.bin' '-dash' $'\x01\x7f.bin' "$(printf 'long%.0s' $(seq 60))"; do
    mkdir -p "$(dirname -- "./$name")" && bytes 2000 $((++seed)) >"./$name" && printf '%s\0' "$name"
  done | LC_ALL=C sort -z >../names
  git add . && git -c core.hooksPath=/dev/null commit -qm one
  "$lfsguard" scan --format sarif >../odd.sarif
  valid "odd path names" ../odd.sarif
  check "each of them is named, to the byte" "$(od -An -c ../names)" "$(paths_of ../odd.sarif)"
}

case_every_rule() {
  guarded_repository rules
  mkdir -p "$HOME/.config/lfsguard"
  printf '%s\n' 'profile = "small"' '[profiles.small]' 'binary = "error"' 'lfs-object-max = "2000"' 'directory-entries-max = 5' >"$HOME/.config/lfsguard/config.toml"
  git config lfsguard.threshold 1000
  pointer() { printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize %s\n' "$1" "$2"; }
  bytes 2000 1 >raw.bin && pointer 2 10 >away.bin && pointer 3 3000 >huge.bin && printf '%s\r\n' "$(pointer 4 10)" >crlf.bin
  printf '*.bin filter=lfs diff=lfs merge=lfs -text\ndata/ filter=lfs\n' >.gitattributes && git commit -q --allow-empty -m zero
  for name in .gitattributes raw.bin away.bin huge.bin crlf.bin; do
    git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters "$name"),$name"
  done
  bytes 20000 5 >plain.dat && printf 'a\0b' >binary.dat && echo stored | "$lfsguard" lfs clean -- bare.txt >bare.txt && mkdir many && (cd many && touch 1 2 3 4 5 6) && git add -- *.dat bare.txt many
  git -c core.hooksPath=/dev/null commit -qm one
  git tag blob "$(bytes 3000 7 | git hash-object -w --stdin)"
  "$lfsguard" scan --strict --format sarif >../rules.sarif
  "$lfsguard" scan --strict --range HEAD~1..HEAD --format sarif >../range.sarif
  check "a history that breaks the rules" "attributes-ignored bad-pointer binary lfs-oversize oversize raw-in-lfs too-many-entries uncovered-pointer" "$(rules_of ../rules.sarif)"
  valid "findings of many rules" ../rules.sarif ../range.sarif
  "$lfsguard" scan --strict --top 2 --format sarif >../top.sarif
  valid "cut off by --top" ../top.sarif
  rm -rf "$HOME/.config/lfsguard"
}

case_random_histories() {
  cd "$work" && mkdir random && cd random
  for seed in 1 2 3 4; do
    python3 "$LFSGUARD_SOURCE/tests/support/random_history.py" $seed r$seed >/dev/null
    printf '[[allow]]\npath = "w.*"\nreason = "reviewed"\n' >r$seed/.lfsguard.toml
    for flags in "--above 1000" "--above 300 --strict" "--above 1000 --staged" "--above 1000 --worktree"; do
      # shellcheck disable=SC2086
      "$lfsguard" -C r$seed scan $flags --format sarif >"$seed$flags.sarif" 2>/dev/null
    done
  done
  valid "random histories: all of them, staged files, work trees" ./*.sarif
}

case_the_validator_refuses
case_odd_paths
case_every_rule
case_random_histories
finish
