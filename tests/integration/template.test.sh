#!/usr/bin/env bash
# The files for teams (templates/, .pre-commit-hooks.yaml) do what they say.
set -u
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 PATH=$LFSGUARD_BUILD:$PATH
unset XDG_CONFIG_HOME XDG_DATA_HOME HF_ENDPOINT
mkdir -p "$HOME" && git config --global user.name t && git config --global user.email t@example.com && git config --global init.defaultBranch main
templates=$LFSGUARD_SOURCE/templates
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
cd "$work" && git init -q repo && cd repo || exit 1
cp "$templates/.lfsguard.toml" "$templates/.gitattributes" .

check "the sample settings are right, and name no unknown key" "" "$(lfsguard policy 2>&1 >/dev/null)"
check "every setting of the sample is in force" "10" "$(lfsguard policy --show-origin | grep -c '# .lfsguard.toml')"
git add -A && git commit -qm start
git checkout -qb one && echo '*.one filter=lfs diff=lfs merge=lfs -text' >> .gitattributes && git commit -qam one
git checkout -q main && echo '*.two filter=lfs diff=lfs merge=lfs -text' >> .gitattributes && git commit -qam two
git merge -q --no-edit one >/dev/null; check "lines appended on two branches merge" 0 $?
check "and both are there" "2" "$(grep -cE '^\*\.(one|two) ' .gitattributes)"

# Each command line that the jobs run is one that the program takes, and finds what it should.
head -c 11000000 /dev/zero > big.dat && git add big.dat && git commit -qm big
ran=0
while IFS= read -r line; do
  ran=$((ran + 1))
  eval "$line" > "$work/out" 2> "$work/err"; check "it finds the file: $line" 1 $?
done < <(sed -n 's/^ *\(- \|run: \|\)\(lfsguard scan .*\)/\2/p' "$templates/github/lfsguard.yml" "$templates/gitlab/lfsguard.yml")
check "the jobs' command lines were found" 3 $ran
grep -q '"ruleId"' lfsguard.sarif; check "the SARIF report is a file" 0 $?
# The value of `entry`; one that is folded (">-") over its lines with spaces between them.
entry() { awk -v id="$1" '/^- id: /{on = $3 == id} on && /^  entry: /{sub(/^  entry: /, ""); folded = $0 == ">-"; if (!folded) print; next}
  on && folded && /^    /{sub(/^ +/, ""); printf "%s ", $0; next} folded{folded = 0; if (on) print ""}' "$LFSGUARD_SOURCE/.pre-commit-hooks.yaml"; }
rm lfsguard.sarif; head -c 11000000 /dev/urandom > other.dat; git add other.dat
eval "$(entry lfsguard)" >/dev/null 2>&1; check "the pre-commit framework's hook stops a staged file" 1 $?
git reset -q other.dat; eval "$(entry lfsguard)" >/dev/null 2>&1; check "and lets others pass" 0 $?
PRE_COMMIT_FROM_REF=HEAD~1 PRE_COMMIT_TO_REF=HEAD sh -c "$(entry lfsguard-push)" >/dev/null 2>&1; check "its hook for pushes stops a commit" 1 $?
git init -q --bare ../remote.git
PRE_COMMIT_REMOTE_NAME=../remote.git PRE_COMMIT_REMOTE_URL=../remote.git PRE_COMMIT_LOCAL_BRANCH=refs/heads/main PRE_COMMIT_REMOTE_BRANCH=refs/heads/main \
  sh -c "$(entry lfsguard-push | sed "s/^sh -c '//; s/' *\$//")" >"$work/out" 2>&1; check "also in the first push of a branch" 1 $?
check "by the rules of a push" 1 "$(grep -c 'stopped before anything was sent' "$work/out")"
PRE_COMMIT_FROM_REF=HEAD~2 PRE_COMMIT_TO_REF=HEAD~1 sh -c "$(entry lfsguard-push)" >/dev/null 2>&1; check "and lets another pass" 0 $?
exit $failed
