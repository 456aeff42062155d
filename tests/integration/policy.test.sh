#!/usr/bin/env bash
# `lfsguard policy`: what is in force, from where, in text and JSON; broken files as a person sees them.
set -u
lfsguard=$LFSGUARD_BUILD/lfsguard
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1
unset XDG_CONFIG_HOME HF_ENDPOINT
mkdir -p "$HOME" && cd "$work" || exit 1
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
[ ! -e /etc/lfsguard/config.toml ] || { echo "this machine has settings of its own in /etc/lfsguard/config.toml"; exit 1; }
git init -q repo && cd repo || exit 1

check "the text says what is in force" 'version = 1
threshold = "10 MiB"
mode = "fix"
push = "block"
growth = "judge"
profile = "auto"
plan = "free"

[rules]
oversize = "error"
raw-in-lfs = "error"
binary = "off"
bad-pointer = "warn"
uncovered-pointer = "warn"
missing-object = "error"
lfs-oversize = "error"
too-many-entries = "error"
push-too-big = "error"
attributes-ignored = "warn"

[rewrite]
memory = "1GiB"

[server]
objects = "auto"

# profiles in force: generic' "$("$lfsguard" policy)"

mkdir -p "$HOME/.config/lfsguard"
printf 'threshold = "1MiB"\nwarn = "9KiB"\n' > "$HOME/.config/lfsguard/config.toml"
printf 'threshold = "2MiB"\ntrack = ["*.bin", "a \\"b\\""]\n[[allow]]\npath = "x"\nreason = "r"\nuntil = 2027-01-01\n' > .lfsguard.toml
git config lfsguard.mode block
git remote add origin https://huggingface.co/a/b
origins=$(LFSGUARD_PUSH=warn "$lfsguard" policy --show-origin | grep -v '# default')
check "each setting names its source" 'threshold = "2MiB"                        # .lfsguard.toml:1
warn = "9KiB"                             # '"$HOME"'/.config/lfsguard/config.toml:2
mode = "block"                            # git config (local)
push = "warn"                             # LFSGUARD_PUSH
track = ["*.bin", "a \"b\""]              # .lfsguard.toml:2

[rules]
binary = "warn"                           # profile huggingface

[rewrite]

[server]

[[allow]]                                 # .lfsguard.toml:3
path = "x"
reason = "r"
until = 2027-01-01

# profiles in force: huggingface' "$origins"

"$lfsguard" policy > "$work/again.toml"
mv "$work/again.toml" .lfsguard.toml
check "the text can stand as .lfsguard.toml" "" "$("$lfsguard" policy 2>&1 >/dev/null)"
check "and then says the same" "$(cat .lfsguard.toml)" "$("$lfsguard" policy)"

check "JSON has keys, values and origins" '["threshold",2097152,".lfsguard.toml:2"]' \
  "$("$lfsguard" policy --format json | python3 -c '
import json, sys
report = json.load(sys.stdin)
assert report["version"] == 1 and report["command"] == "policy"
print(json.dumps([[s["key"], s["value"], s["origin"]] for s in report["settings"] if s["key"] == "threshold"][0], separators=(",", ":")))')"

printf 'version = 1\nthreshold = "ten"\n' > .lfsguard.toml
out=$("$lfsguard" policy 2>&1); code=$?
check "a broken file blocks" 128 "$code"
check "and is shown with line and caret" 'lfsguard: these settings cannot be used: .lfsguard.toml:2:13
  threshold = "ten"
              ^ "ten" is not a size
  allowed: a size like 10MiB, 500KB, 1.5GB or a number of bytes' "$out"

printf 'treshold = 3\n' > .lfsguard.toml
check "an unknown key is a warning with its line" 'lfsguard: warning: .lfsguard.toml:1: unknown key treshold' "$("$lfsguard" policy 2>&1 >/dev/null)"
check "and the exit code stays 0" 0 "$("$lfsguard" policy >/dev/null 2>&1; echo $?)"

rm .lfsguard.toml
check "git -c is heeded" 'threshold = "3MiB"' "$(git -c lfsguard.threshold=3MiB -c alias.p="!$lfsguard policy" p | grep ^threshold)"
check "outside a repository the user's settings hold" 'threshold = "1MiB"' "$(cd "$work" && "$lfsguard" policy | grep ^threshold)"
check "results go to --output" 'threshold = "1MiB"' "$("$lfsguard" policy --output out.toml; grep ^threshold out.toml)"
exit $failed
