#!/usr/bin/env bash
# The client over HTTP against a server that fails on demand (tests/server/lfs_server.py): push, fetch, clone, credentials, retries, resume.
set -u
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server 2> /dev/null; rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
for v in $(env | grep -iE '^[a-z]+_proxy=|_ASKPASS=|^(GIT_SSL|SSL_CERT|CURL_CA|GIT_TRACE|GIT_CURL|LFSGUARD_TRACE|HF_)' | cut -d= -f1); do unset "$v"; done
unset XDG_CONFIG_HOME GIT_DIR
mkdir -p "$HOME" && cd "$work" || exit 1
. "$LFSGUARD_SOURCE/tests/server/server.sh"
lfsguard=$LFSGUARD_BUILD/lfsguard
c="git config --global"
$c user.name t; $c user.email t@example.com; $c init.defaultBranch main
$c filter.lfs.clean "$lfsguard lfs clean -- %f"; $c filter.lfs.smudge "$lfsguard lfs smudge -- %f"
$c filter.lfs.process "$lfsguard lfs filter-process"; $c filter.lfs.required true
$c lfs.transfer.maxretrydelay 0
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
script() { printf '%s' "$2" > "$work/$1.script"; }
# A repository with the given files of random bytes, committed: source DIR SIZE...
source_repository() {
  git init -q "$1" && cd "$1" || exit 1
  echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
  local i=0
  for size in "${@:2}"; do i=$((i + 1)); head -c "$size" /dev/urandom > "$i.bin"; done
  git add -A && git commit -qm "$1" && git init -q --bare "../$1.git" && git remote add origin "../$1.git"
  cd ..
}
push() { "$lfsguard" -C "$1" lfs push "${@:2}" origin main; }
stored() { find "$work/$1" -type f -name '????????????????????????????????????????????????????????????????' | wc -l; }
# What a clone of the repository holds, compared with the source: same_as SOURCE CLONE
same_as() { diff -r -x .git "$1" "$2" > /dev/null && echo same; }
oid_of() { sha256sum "$1" | cut -d' ' -f1; }

source_repository plain 3000000 5 1000
start_server plain-server --option verify=1
git -C plain config lfs.url "$url/r.git/info/lfs"
push plain 2> /dev/null
check "push exits 0 and the server has every object" "0 3" "$? $(stored plain-server)"
check "one batch, one upload and one verify for each object" "1 3 3" "$(count batch) $(count upload) $(count verify)"
check "the batch is asked with the LFS media type and a user agent of ours" "1" "$(grep '"leg": "batch"' "$log" | grep -c '"agent": "lfsguard/.*"type": "application/vnd.git-lfs+json"')"
push plain
check "a second push sends nothing" "2 3" "$(count batch) $(count upload)"
git -C plain push -q origin main 2> /dev/null
git -c "lfs.url=$url/r.git/info/lfs" clone -q plain.git clone1
check "git clone gets every object through the filter process, all in one batch" "same 3" "$(same_as plain clone1) $(count batch)"
check "the work tree is clean afterwards" "" "$(git -C clone1 status --porcelain)"
$c --unset filter.lfs.process
git -c "lfs.url=$url/r.git/info/lfs" clone -q plain.git clone2
$c filter.lfs.process "$lfsguard lfs filter-process"
check "so does git clone with the one-shot smudge filter" "same" "$(same_as plain clone2)"
GIT_LFS_SKIP_SMUDGE=1 git clone -q plain.git clone3
check "GIT_LFS_SKIP_SMUDGE=1 leaves pointers" "3" "$(grep -l 'version https://git-lfs' clone3/*.bin | wc -l)"
git -C clone3 config lfs.url "$url/r.git/info/lfs"
"$lfsguard" -C clone3 lfs pull
check "lfs pull writes them out" "0 same" "$? $(same_as plain clone3)"
check "and git sees no change" "" "$(git -C clone3 status --porcelain)"
git -c "lfs.url=$url/r.git/info/lfs" -c lfs.fetchexclude=1.bin clone -q plain.git clone4
check "lfs.fetchexclude leaves the pointer of a path" "1.bin" "$(cd clone4 && grep -l 'version https://git-lfs' -- *.bin)"
if git lfs version > /dev/null 2>&1; then
  git -c "lfs.url=$url/r.git/info/lfs" -c filter.lfs.process='git-lfs filter-process' -c filter.lfs.smudge='git-lfs smudge -- %f' clone -q plain.git clone5
  check "git-lfs reads what was pushed" "same" "$(same_as plain clone5)"
fi
stop_server

# Credentials.
source_repository secret 2000 3000
start_server secret-server --auth alice:s3cret
git -C secret config lfs.url "$url/r.git/info/lfs"
push secret > out 2>&1
check "without credentials a push is refused: exit 128, nothing sent" "128 0" "$? $(stored secret-server)"
$c credential.helper "!f() { echo \"\$1\" >> $work/asked; [ \"\$1\" != get ] || printf 'username=alice\npassword=%s\n' \"\$(cat $work/password)\"; }; f"
echo wrong > password
push secret > out 2>&1
check "a wrong password is rejected once and never tried again" "128 get erase" "$? $(xargs < asked)"
check "no password in what is printed" "0" "$(grep -c -e wrong -e s3cret out)"
rm asked; echo s3cret > password
push secret > out 2>&1
check "a helper's password is asked for once and approved" "0 get store" "$? $(xargs < asked)"
check "the verdict is kept in lfs.<url>.access" "basic" "$(git -C secret config "lfs.$url/r.git/info/lfs.access")"
rm asked; : > "$log"
rm -rf secret-server/r.git
push secret > out 2>&1
check "the next run sends them with the first request" "0 1" "$? $(count batch)"
$c --unset credential.helper
rm -rf secret-server/r.git; : > "$log"
git -C secret config --unset "lfs.$url/r.git/info/lfs.access"
git -C secret config lfs.url "${url/\/\//\/\/alice:s3cret@}/r.git/info/lfs"
LFSGUARD_TRACE=1 GIT_CURL_VERBOSE=1 push secret --verbose > out 2>&1
check "user and password of the URL are used" "0 2" "$? $(stored secret-server)"
check "and appear in no trace" "0" "$(grep -c -e s3cret -e YWxpY2U6czNjcmV0 out)"
check "nor in the key that remembers the access" "lfs.$url/r.git/info/lfs.access" "$(git -C secret config --name-only --get-regexp '\.access$')"
git -C secret config lfs.url "$url/r.git/info/lfs"
printf 'machine 127.0.0.1\nlogin alice\npassword s3cret\n' > "$HOME/.netrc"
rm -rf secret-server/r.git
push secret > out 2>&1
check "so are those of ~/.netrc" "0 2" "$? $(stored secret-server)"
rm "$HOME/.netrc"; rm -rf secret-server/r.git
git -C secret config "http.$url/.extraHeader" "Authorization: Basic YWxpY2U6czNjcmV0"
push secret > out 2>&1
check "and an http.<url>.extraHeader" "0 2" "$? $(stored secret-server)"
stop_server

# A signed storage URL takes no credentials.
source_repository signed 2000
start_server signed-server --auth alice:s3cret --option signed=1
git -C signed config lfs.url "${url/\/\//\/\/alice:s3cret@}/r.git/info/lfs"
push signed > out 2>&1
check "a signed URL gets no Authorization header" "0 1 1" "$? $(stored signed-server) $(count upload authorization=None)"
check "a signature is in no trace" "0" "$(rm -rf signed-server/r.git; LFSGUARD_TRACE=1 push signed 2>&1 | grep -c s3cretsig)"
stop_server

# Faults: each is survived, and bytes are counted once.
for fault in '{"leg":"batch","status":503}' '{"leg":"batch","status":500}' '{"leg":"batch","status":429,"headers":{"Retry-After":"0"}}' '{"leg":"batch","reset_after":1}' \
  '{"leg":"upload","status":503}' '{"leg":"upload","status":429,"headers":{"Retry-After":"0"}}' '{"leg":"upload","reset_after":200000}' '{"leg":"upload","status":403}' \
  '{"leg":"upload","status":400,"body":"<Error><Code>RequestTimeout</Code></Error>"}' '{"leg":"verify","status":500}' '{"leg":"verify","status":404}' '{"leg":"batch","expires_in":-1}' \
  '{"leg":"upload","status":503,"unread":true}'; do
  rm -rf fault fault.git fault-server*
  source_repository fault 1000000 20
  script fault-server "[$fault]"
  start_server fault-server --option verify=1
  git -C fault config lfs.url "$url/r.git/info/lfs"
  push fault --json-events > events 2> out
  check "one fault is survived: $fault" "0 2 1000020" "$? $(stored fault-server) $(tail -1 events | python3 -c 'import json,sys; print(json.load(sys.stdin)["bytes"])')"
  check "no object's progress goes back" "fine" "$(python3 - events << 'PY'
import json, sys
seen, fine = {}, True
for line in open(sys.argv[1]):
    event = json.loads(line)
    if event["oid"]:
        fine &= event["bytes"] >= seen.get(event["oid"], 0)
        seen[event["oid"]] = event["bytes"]
print("fine" if fine else "back")
PY
)"
  stop_server
done

# Objects that the server refuses for good do not stop the others.
for code in 403 404 409 410 422; do
  rm -rf fault fault.git fault-server*
  source_repository fault 1000 2000 3000
  bad=$(oid_of fault/2.bin)
  script fault-server "[{\"leg\":\"batch\",\"object_error\":{\"code\":$code,\"message\":\"not this one\"},\"oid\":\"$bad\",\"times\":-1}]"
  start_server fault-server
  git -C fault config lfs.url "$url/r.git/info/lfs"
  push fault > out 2>&1
  check "an object refused with $code: exit 2, the others are there" "2 2" "$? $(stored fault-server)"
  check "it is named by path, commit and the server's words" "1 1 1" "$(grep -c '2\.bin' out) $(grep -c "$(git -C fault rev-parse HEAD)" out) $(grep -c 'not this one' out)"
  stop_server
done

# 413 halves the batch.
rm -rf fault fault.git fault-server*
source_repository fault 10 11 12 13 14 15 16 17
start_server fault-server --option max_batch=3
git -C fault config lfs.url "$url/r.git/info/lfs"
push fault > out 2>&1
check "413 halves the batch until it is small enough" "0 8" "$? $(stored fault-server)"
stop_server

# Chunked where the action says so; _links; year 1 is no expiry.
rm -rf fault fault.git fault-server*
source_repository fault 100000
start_server fault-server --option chunked=1 --option links=1 --option expires_at=0001-01-01T00:00:00Z
git -C fault config lfs.url "$url/r.git/info/lfs"
push fault > out 2>&1
check "Transfer-Encoding: chunked of an action is obeyed, _links is read, year 1 means no expiry" "0 1 1" "$? $(stored fault-server) $(count upload encoding=chunked)"
stop_server

# An object that is not here.
rm -rf fault fault.git fault-server*
source_repository fault 1000 2000
gone=$(oid_of fault/1.bin)
rm "fault/.git/lfs/objects/${gone:0:2}/${gone:2:2}/$gone"
start_server fault-server
git -C fault config lfs.url "$url/r.git/info/lfs"
push fault > out 2>&1
check "an object missing here fails by path and commit, the other goes" "2 1 1 1" "$? $(stored fault-server) $(grep -c '1\.bin' out) $(grep -c "$(git -C fault rev-parse HEAD)" out)"
mkdir -p fault-server/r.git && cp fault/1.bin "fault-server/r.git/$gone"
push fault > out 2>&1
check "it is no failure when the server has it" "0" "$?"
rm "fault-server/r.git/$gone"
git -C fault config lfs.allowincompletepush true
push fault > out 2>&1
check "nor with lfs.allowincompletepush" "0" "$?"
damaged=$(oid_of fault/2.bin)
rm "fault-server/r.git/$damaged"
chmod u+w "fault/.git/lfs/objects/${damaged:0:2}/${damaged:2:2}/$damaged"
head -c 2000 /dev/zero > "fault/.git/lfs/objects/${damaged:0:2}/${damaged:2:2}/$damaged"
push fault > out 2>&1
check "a damaged object is not sent" "2 0 1" "$? $(stored fault-server) $(grep -c damaged out)"
stop_server

# Downloads.
rm -rf down down.git
source_repository down 3000000 70000
download() { # FAULT [OPTION...]: fetches into a fresh clone; $result is exit code and whether all is as it should be
  [ -z "$server" ] || stop_server
  rm -rf down-server* down-clone
  script down-server "$1"
  start_server down-server "${@:2}"
  mkdir -p down-server/r.git
  for file in down/*.bin; do cp "$file" "down-server/r.git/$(oid_of "$file")"; done
  GIT_LFS_SKIP_SMUDGE=1 git clone -q down.git down-clone
  git -C down-clone config lfs.url "$url/r.git/info/lfs"
  "$lfsguard" -C down-clone lfs pull > out 2>&1
  result="$? $(same_as down down-clone)"
}
git -C down push -q origin main 2> /dev/null
big=$(oid_of down/1.bin)
download "[{\"leg\":\"download\",\"oid\":\"$big\",\"reset_after\":1500000}]"
check "a download that is reset goes on where it stopped" "0 same" "$result"
check "by asking for the rest only" "1" "$(grep "\"oid\": \"$big\"" "$log" | grep -c '"status": 206')"
check "the bytes are not sent twice" "yes" "$(python3 - "$log" "$big" << 'PY'
import json, sys
sent = sum(line["sent"] for line in map(json.loads, open(sys.argv[1])) if line["oid"] == sys.argv[2])
print("yes" if sent < 3200000 else sent)
PY
)"
download "[{\"leg\":\"download\",\"oid\":\"$big\",\"reset_after\":1500000}]" --option range=0
check "a server without Range gets the object again from the start" "0 same" "$result"
download "[{\"leg\":\"download\",\"oid\":\"$big\",\"corrupt\":1000}]"
check "a wrong byte is noticed and the object fetched again" "0 same" "$result"
download "[{\"leg\":\"download\",\"oid\":\"$big\",\"truncate\":1000}]"
check "an answer that is cut short is completed" "0 same" "$result"
download '[{"leg":"download","status":503,"times":2}]'
check "503 is tried again" "0 same" "$result"
download "[{\"leg\":\"batch\",\"object_error\":{\"code\":404,\"message\":\"gone\"},\"oid\":\"$big\",\"times\":-1}]"
check "an object the server does not have is exit 2" "2 " "$result"
check "and it is named" "1" "$(grep -c '^lfsguard.*1\.bin' out)"
download "[{\"leg\":\"download\",\"oid\":\"$big\",\"corrupt\":1000,\"times\":-1}]"
check "wrong bytes for ever are an error, and nothing enters the store" "2 " "$result"
check "no such object in the store" "" "$(find down-clone/.git/lfs/objects -name "$big")"

# kill -9 in the middle of a download: the next run goes on.
stop_server
rm -rf down-server* down-clone
script down-server "[{\"leg\":\"download\",\"oid\":\"$big\",\"stall_after\":1500000}]"
start_server down-server
mkdir -p down-server/r.git
for file in down/*.bin; do cp "$file" "down-server/r.git/$(oid_of "$file")"; done
GIT_LFS_SKIP_SMUDGE=1 git clone -q down.git down-clone
git -C down-clone config lfs.url "$url/r.git/info/lfs"
"$lfsguard" -C down-clone lfs pull > out 2>&1 &
client=$!
part=down-clone/.git/lfs/incomplete/$big.part
while [ ! -e "$part" ] || [ "$(stat -c %s "$part")" -lt 1500000 ]; do kill -0 $client || break; done
kill -9 $client; wait $client 2> /dev/null
"$lfsguard" -C down-clone lfs pull > out 2>&1
check "after kill -9 the next run asks for the rest" "0 same 1" "$? $(same_as down down-clone) $(grep "\"oid\": \"$big\"" "$log" | grep -c '"range": "bytes=1500000-"')"
stop_server

# Stall clocks.
rm -rf fault fault.git fault-server*
source_repository fault 3000000
script fault-server '[{"leg":"upload","stall_after":100000},{"leg":"batch","hang":true}]'
start_server fault-server
git -C fault config lfs.url "$url/r.git/info/lfs"
git -C fault config lfs.activitytimeout 1
push fault --json-events > events 2> out
check "a batch that is never answered and an upload that stands still are ended by the stall clock and tried again" "0 1 2" "$? $(stored fault-server) $(grep -c '"event":"stall"' events)"
stop_server
exit $failed
