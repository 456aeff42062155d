#!/usr/bin/env bash
# A rewrite with little memory: what it must not keep it reads again, tables go to a file, and the result is the same.
# shellcheck disable=SC1091
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
export LFSGUARD_THREADS=2  # stacks count, too

# A line of 60,000 commits, the first with a large file.
git init -q --bare history.git
python3 - <<'EOF' | git -C history.git fast-import --quiet
import sys
put = sys.stdout.buffer.write
put(b"blob\nmark :1\ndata 300000\n" + b"x" * 300000 + b"\n")
for i in range(60000):
    put(b"commit refs/heads/main\nmark :%d\ncommitter A <a@b> %d +0000\ndata 1\nm" % (i + 2, 1700000000 + i))
    put(b"\nfrom :%d" % (i + 1) if i else b"\nM 100644 :1 big.bin")
    put(b"\nM 100644 inline f%d\ndata %d\n%d\n" % (i % 20, len(str(i)) + 1, i))
EOF

# The data segment (the process's own memory, files mapped into it apart) has so many KiB: less than half of what the default takes here.
small=100000
rewrite() { "$lfsguard" -C "$1" rewrite --above 200KB --yes >out 2>err </dev/null; code=$?; }
in_little() { (ulimit -d $small && rewrite "$1" && exit $code); code=$?; }

cp -r history.git plenty.git && cp -r history.git little.git
rewrite plenty.git
check "with the memory that it takes by itself a long history is mended" "0 1" "$code $(git -C plenty.git rev-list --count main -- big.bin)"

if (ulimit -d $small && "$lfsguard" --version >/dev/null 2>&1); then
  in_little little.git
  check "out of memory it says so, and what takes less" "128 lfsguard: there is not enough memory|hint: a rewrite takes less with: git config lfsguard.rewrite.memory 256MiB" "$code $(paste -sd'|' err)"
  check "and no ref has moved" "$(git -C history.git rev-parse main)" "$(git -C little.git rev-parse main)"
  git -C little.git config lfsguard.rewrite.memory 8MiB
  in_little little.git
  check "with rewrite.memory it comes through where it did not" "0" "$code"
else
  not_run "a rewrite in little memory" "this build takes more to start, as those with sanitizers do"
  git -C little.git config lfsguard.rewrite.memory 8MiB
  rewrite little.git
fi
check "the new history is the same" "$(git -C plenty.git rev-parse main)" "$(git -C little.git rev-parse main)"
check "every object is there and sound" "0" "$(git -C little.git fsck --strict --no-dangling >said 2>&1; echo $?)"
check "of the tables' file nothing is left" "" "$(find little.git -name '*table*' -o -name 'tmp_*')"
check "the setting is told with its origin" 'memory = "8MiB" # git config (local)' "$("$lfsguard" -C little.git policy --show-origin | grep '^memory' | tr -s ' ')"
finish
