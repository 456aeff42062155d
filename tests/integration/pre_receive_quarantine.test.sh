#!/usr/bin/env bash
# pre-receive and update on a bare repository: what is judged, by whose settings, and how a push is let through.
# A folder that was just made can be entered.
# shellcheck disable=SC2164
set -u
. "$LFSGUARD_SOURCE/tests/support/suite.sh"
. "$LFSGUARD_SOURCE/tests/support/guarded_repository.sh"

# A bare repository with the server's hook and a client without hooks. The current folder becomes the client.
server() { # NAME [HOOK...]
  local name=$1
  shift
  cd "$work" && rm -rf "$name.git" "$name" && git init -q --bare "$name.git" && put_hooks "$name.git/hooks" "${@:-pre-receive}"
  printf 'threshold = 1000\n' >"$name.git/lfsguard.toml"
  git init -q "$name" && cd "$name" && git remote add origin "$work/$name.git"
  echo x >x && git add x && git commit -qm one && push main || fail "a push of nothing large is taken" "$(cat ../said)"
}
push() { git push -q origin "$@" >../said 2>&1; }
big() { bytes "${2:-5000}" "$1" >"$1" && git add "$1" && git commit -qm "add $1"; }
refused() {
  local name=$1
  shift
  if push "$@"; then fail "$name" "the push was taken"; else pass "$name"; fi
}
taken() {
  local name=$1
  shift
  if push "$@"; then pass "$name"; else fail "$name" "$(cat ../said)"; fi
}

case_loose_and_packed_quarantine() {
  for limit in 1000000 1; do
    server quarantine && git -C ../quarantine.git config receive.unpackLimit $limit
    big m.bin
    refused "unpackLimit $limit: a large plain file is refused" main
    check_contains "unpackLimit $limit: path, size and limit are named" "m.bin   4.9 KiB   limit 1000 B" "$(cat ../said)"
    check_contains "unpackLimit $limit: the commit is named" "$(git rev-parse --short=7 main)" "$(cat ../said)"
    check_contains "unpackLimit $limit: the command that mends it is named" "lfsguard rewrite --include /m.bin" "$(cat ../said)"
    check "unpackLimit $limit: nothing was stored" "" "$(git -C ../quarantine.git cat-file -t "$(git rev-parse main:m.bin)" 2>/dev/null)"
  done
}

case_thin_pack_base() {
  server thin && git -C ../thin.git config receive.unpackLimit 1
  mv ../thin.git/hooks/pre-receive ../thin.hook && python3 -c 'for i in range(3000): print("line", i)' >old.txt && git add . && git commit -qm old && push main
  mv ../thin.hook ../thin.git/hooks/pre-receive && echo 'threshold = 40000' >../thin.git/lfsguard.toml
  sed -i 's/line 7$/changed/' old.txt && head -c 900 old.txt >new.txt && git rm -q --cached old.txt && git add new.txt && git commit -qm new
  echo 'threshold = 1000' >../thin.git/lfsguard.toml
  taken "what the main store has already is not new (a thin pack's base)" main
  git checkout -q HEAD~1 -- old.txt && git commit -qm again
  taken "nor is a blob that it has, at whatever path" main
}

case_colon_in_path() {
  server 'co:lon "q"' && git -C "../co:lon \"q\".git" config receive.unpackLimit 1
  taken "a repository with ':' and quotes in its path takes what is right" main:right
  big m.bin
  refused "and judges against its own store" main
  check_contains "with the path named" m.bin "$(cat ../said)"
}

case_alternates() {
  server parent && mv ../parent.git/hooks/pre-receive ../kept && big shared.bin && push main
  git clone -q --bare --shared "$work/parent.git" "$work/fork.git" && put_hooks "$work/fork.git/hooks" pre-receive && echo 'threshold = 1000' >"$work/fork.git/lfsguard.toml"
  git remote set-url origin "$work/fork.git" && git mv shared.bin moved.bin && git commit -qm move
  taken "an object of an alternate is not new" main
}

case_settings_are_the_servers() {
  server own && big m.bin
  mkdir -p "$HOME/.config/lfsguard" && echo 'threshold = "1GB"' >"$HOME/.config/lfsguard/config.toml"
  refused "the pusher's own settings file is not heeded" main
  rm -r "$HOME/.config/lfsguard"
  LFSGUARD_THRESHOLD=1GB refused "the pusher's LFSGUARD_THRESHOLD is not heeded" main
  LFSGUARD_SKIP=1 refused "the pusher's LFSGUARD_SKIP is not heeded" main
  git config --global lfsguard.threshold 1GB
  refused "the pusher's git configuration is not heeded" main
  git config --global --unset lfsguard.threshold
  printf 'threshold = "1GB"\n[[allow]]\npath = "*"\nreason = "mine"\n[rules]\noversize = "off"\n' >.lfsguard.toml && git add . && git commit -qm looser
  refused "a pushed .lfsguard.toml cannot loosen" main
  git reset -q --hard HEAD~2 && bytes 600 >t.bin && git add . && git commit -qm small && taken "below the threshold is taken" main
  echo 'threshold = 500' >.lfsguard.toml && bytes 601 >u.bin && git add . && git commit -qm tighter
  refused "a pushed .lfsguard.toml can tighten" main
  git reset -q --hard HEAD~1 && printf 'threshold = 500\ngrowth = "allow"\n' >../own.git/lfsguard.toml && bytes 300 >g.bin && git add . && git commit -qm little && push main
  bytes 601 >g.bin && git commit -qam grown && taken "a server may let grow what it holds" main
  git reset -q --hard HEAD~1 && git push -q --force origin main 2>../said && echo 'growth = "judge"' >.lfsguard.toml && bytes 602 >g.bin && git add . && git commit -qm judged
  refused "unless a pushed .lfsguard.toml judges it" main
  echo 'threshold = 1000' >../own.git/lfsguard.toml && git reset -q --hard HEAD~1 && echo 'growth = "allow"' >.lfsguard.toml && bytes 1602 >g.bin && git add . && git commit -qm allowed
  refused "which cannot allow it" main
  git reset -q --hard HEAD~1 && echo 'threshold = = 500' >.lfsguard.toml && git add . && git commit -qm broken
  refused "a broken pushed .lfsguard.toml refuses the push" main
  check_contains "with its name and line" ".lfsguard.toml:1" "$(cat ../said)"
  git reset -q --hard HEAD~1 && echo 'threshold = "lots"' >../own.git/lfsguard.toml && git commit -q --allow-empty -m e
  refused "a broken lfsguard.toml of the server refuses every push" main
  check_contains "with its name" "lfsguard.toml:1" "$(cat ../said)"
}

case_bypass_by_push_option() {
  server option && git -C ../option.git config receive.advertisePushOptions true && big m.bin
  refused "no option is named: no bypass" -o let-me-through main
  printf 'threshold = 1000\n[server]\nbypass = "let-me-through"\n' >../option.git/lfsguard.toml
  refused "another option is no bypass" -o other main
  taken "the named push option lets one push through" -o other -o let-me-through main
  check_contains "and is logged" "bypassed by push option: refs/heads/main" "$(cat ../option.git/lfsguard/log)"
  big n.bin
  refused "the next push is judged again" main
}

case_pushed_pointers() {
  server pointers
  local absent present
  absent=$(printf absent | sha256sum | cut -c-64)
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 6\n' "$absent" >p.bin && printf '*.bin filter=lfs -text\n' >.gitattributes
  git add . && git commit -qm pointer
  taken "objects = auto: a store without objects asks for none" main
  present=$(printf present | sha256sum | cut -c-64)
  mkdir -p "../pointers.git/lfs/objects/${present:0:2}/${present:2:2}" && printf present >"../pointers.git/lfs/objects/${present:0:2}/${present:2:2}/$present"
  sed "s/$absent/$(printf other | sha256sum | cut -c-64)/" p.bin >q.bin && git add . && git commit -qm another
  refused "objects = auto: a store with objects wants the new ones, too" main
  check_contains "the pointer's path is named" q.bin "$(cat ../said)"
  printf 'threshold = 1000\n[server]\nobjects = "elsewhere"\n' >../pointers.git/lfsguard.toml
  taken "objects = elsewhere asks for none" main
  printf 'threshold = 1000\n[server]\nobjects = "here"\n' >../pointers.git/lfsguard.toml
  rm -r ../pointers.git/lfs && sed "s/$absent/$(printf third | sha256sum | cut -c-64)/" p.bin >r.bin && git add . && git commit -qm third
  refused "objects = here wants them from the first on" main
  printf third >../third && t=$(sha256sum <../third | cut -c-64) && mkdir -p "../pointers.git/lfs/objects/${t:0:2}/${t:2:2}" && cp ../third "../pointers.git/lfs/objects/${t:0:2}/${t:2:2}/$t"
  taken "and takes the push once it is there" main
}

case_many_updates() {
  server many
  git checkout -q -b bad && big b.bin && git checkout -q -b good main && echo g >g && git add g && git commit -qm g
  refused "one bad ref among many refuses the push" good bad
  check "all or nothing" "" "$(git -C ../many.git rev-parse -q --verify refs/heads/good)"
  taken "the good one alone" good
  taken "a deletion" :good
  git tag -a -m t t bad && refused "an annotated tag" t
  git checkout -q main && bytes 4000 >gone.bin && git add . && git commit -qm add && git rm -q gone.bin && git commit -qm remove
  refused "added and deleted again inside the push" main
}

case_update_as_fallback() {
  server fallback update
  git checkout -q -b bad && big b.bin && git checkout -q -b good main && echo g >g && git add g && git commit -qm g
  git push origin good bad >../said 2>&1
  check "update refuses the bad ref" "" "$(git -C ../fallback.git rev-parse -q --verify refs/heads/bad)"
  check "and takes the good one" "$(git rev-parse good)" "$(git -C ../fallback.git rev-parse -q --verify refs/heads/good)"
  check_contains "with the file named" b.bin "$(cat ../said)"
}

case_work_tree_server() {
  cd "$work" && git init -q tree && git -C tree config receive.denyCurrentBranch ignore && put_hooks tree/.git/hooks pre-receive && echo 'threshold = 1000' >tree/.git/lfsguard.toml
  git init -q pusher && cd pusher && git remote add origin "$work/tree" && big m.bin
  refused "a push into a repository with a work tree" main
  check_contains "names the file" m.bin "$(cat ../said)"
}
run_cases
