# For shell suites: start_server NAME [ARGUMENT...] runs tests/server/lfs_server.py below $work/NAME, sets $url to http://127.0.0.1:PORT and $log to its
# log, and leaves its process id in $server. Faults: write $work/NAME.script first. stop_server ends it.
start_server() {
  local name=$1; shift
  mkdir -p "$work/$name"
  log=$work/$name.log
  rm -f "$work/$name.port" "$log"
  local script=()
  [ ! -e "$work/$name.script" ] || script=(--script "$work/$name.script")
  python3 "$LFSGUARD_SOURCE/tests/server/lfs_server.py" --root "$work/$name" --port-file "$work/$name.port" --log "$log" "${script[@]}" "$@" > /dev/null &
  server=$!
  while [ ! -e "$work/$name.port" ]; do kill -0 "$server" || return 1; read -r -t 0.02 < <(:) || true; done
  url=http://127.0.0.1:$(cat "$work/$name.port")
}
stop_server() { kill "$server" 2> /dev/null; wait "$server" 2> /dev/null; server=; }
# count LEG [JQ-LIKE KEY=VALUE]: how many requests of a leg the log holds.
count() {
  python3 - "$log" "$@" << 'PY'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
wanted = dict(pair.split("=", 1) for pair in sys.argv[3:])
print(sum(line["leg"] == sys.argv[2] and all(str(line[k]) == v for k, v in wanted.items()) for line in lines))
PY
}
