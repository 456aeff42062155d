#!/usr/bin/env bash
# Patterns that gits before and from 2.52 on read differently are read as the installed git reads them, in scans and hooks alike.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"

# covered PATH...: which of them git makes LFS of, by what is committed.
covered() { git check-attr --cached filter -- "$@" | sed -n 's/: filter: lfs$//p' | sort; }

git init -q two_stars && cd two_stars && git config lfsguard.threshold 1000
printf 'foo**/bar filter=lfs\n/d/a** filter=lfs\n/e/** filter=lfs\n' >.gitattributes
mkdir -p foo d/ab d/ac e/x fooz/y
n=0
for path in foobar foo/bar fooz/bar fooz/y/bar d/abc d/ab/x d/ac/y e/x/y; do n=$((n + 1)) && bytes $((1000 + n)) $n >"$path" && git update-index --add --cacheinfo "100644,$(git hash-object -w --no-filters "$path"),$path"; done
git add .gitattributes; git -c filter.lfs.clean= commit -qm one
# shellcheck disable=SC2046  # no path has a space
wanted=$(covered $(git ls-files))
[ -n "$wanted" ] || fail "git covers some of the paths"
for flags in "--history" "--history --strict"; do
  # shellcheck disable=SC2086
  check "scan $flags covers what git $(git version | cut -d' ' -f3) covers" "$wanted" \
    "$("$lfsguard" scan $flags --format json | json '"\n".join(sorted(f["path"] for f in d["findings"] if f["rule"] == "raw-in-lfs"))')"
done
git update-ref -d HEAD && check "scan --staged, too" "$wanted" \
  "$("$lfsguard" scan --staged --format json | json '"\n".join(sorted(f["path"] for f in d["findings"] if f["rule"] == "raw-in-lfs"))')"
finish
