#!/usr/bin/env bash
# rudolfs, and nginx with git-http-backend before it, over HTTP, TLS with HTTP/2, and through tinyproxy, squid and a SOCKS5 proxy: push, clone, fsck, each
# also with git-lfs reading what we sent and the other way round.
set -u
work=$(mktemp -d)
pids=
# shellcheck disable=SC2086  # a list of process groups
trap 'for p in $pids; do kill -- -$p 2> /dev/null; done; wait 2> /dev/null; rm -rf "$work"' EXIT
rudolfs=$LFSGUARD_PEERS/cargo/bin/rudolfs
for program in "$rudolfs" nginx fcgiwrap git-lfs openssl; do
  command -v "$program" > /dev/null || { echo "skipped: there is no $program"; exit 0; }
done
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
for v in $(env | grep -iE '^[a-z]+_proxy=|_ASKPASS=|^(GIT_SSL|SSL_CERT|CURL_CA|GIT_TRACE|HF_)' | cut -d= -f1); do unset "$v"; done
unset XDG_CONFIG_HOME
mkdir -p "$HOME" && cd "$work" || exit 1
lfsguard=$LFSGUARD_BUILD/lfsguard
c="git config --global"
$c user.name t; $c user.email t@example.com; $c init.defaultBranch main; $c filter.lfs.required true
filters() { # ours or theirs
  case $1 in ours) set -- "$lfsguard lfs" ;; theirs) set -- git-lfs ;; esac
  $c filter.lfs.clean "$1 clean -- %f"; $c filter.lfs.smudge "$1 smudge -- %f"; $c filter.lfs.process "$1 filter-process"
}
failed=0
check() { # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1"; diff <(printf '%s\n' "$2") <(printf '%s\n' "$3"); failed=1; fi
}
bg() { setsid "$@" > "$work/log.$(basename "$1")" 2>&1 & pids="$pids $!"; }
# Called as $(free_port ...), which waits until nothing holds them any more. Several at once: one that is let go before the next is asked for may be given twice.
free_port() { python3 -c 'import socket, sys; held = [socket.create_server(("127.0.0.1", 0)) for _ in sys.argv[1:]]; print(*(s.getsockname()[1] for s in held))' "${@:-}"; }
listens() { # PID PORT: that process, and no other that took the port meanwhile
  local socket
  socket=$(awk -v port="$(printf ':%04X' "$2")" '$2 ~ port "$" && $4 == "0A" { print "socket:[" $10 "]" }' /proc/net/tcp)
  [ -n "$socket" ] && find "/proc/$1/fd" -lname "${socket//[\[\]]/?}" 2> /dev/null | grep -q .
}
# up bg|named PORT COMMAND...: runs in the background and listens. False where it ended instead, mostly because another program took the port meanwhile.
up() {
  local how=$1 port=$2
  shift 2
  "$how" "$@"
  until listens "$!" "$port"; do kill -0 "$!" 2> /dev/null || return 1; done
}
# start FUNCTION: calls it until it is true; each call takes other ports.
start() {
  local try
  for try in 1 2 3 4 5; do "$1" && return; done
  echo "FAILED: ${1#with_} does not start"
  tail -n 5 "$work"/log.* "$work/error.log" 2> /dev/null | sed 's/^/    /'
  exit 1
}
bare() { rm -rf "$1"; git init -q --bare "$1"; git -C "$1" config http.receivepack true; }
# roundtrip NAME REMOTE WRITER READER [LFSURL]: one pushes, the other clones.
roundtrip() {
  rm -rf src dst; filters "$3"; git init -q src; cd src || exit 1
  echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes
  [ -z "${5:-}" ] || git config -f .lfsconfig lfs.url "$5"
  git remote add origin "$2"
  head -c 5000000 /dev/urandom > a.bin; : > empty.bin; date +%N > 'sp ace.bin'; git add -A; git commit -qm x
  if [ "$3" = ours ]; then "$lfsguard" lfs push origin main > ../out 2>&1; else git lfs push origin main > ../out 2>&1; fi
  local pushed=$?
  git push -q --no-verify origin main >> ../out 2>&1
  cd ..; filters "$4"
  timeout 99 git clone -q "$2" dst >> out 2>&1
  check "$1: $3 push, $4 clone" "0 same Git LFS fsck OK" "$pushed $(diff -r -x .git src dst > /dev/null && echo same) $("$lfsguard" -C dst lfs fsck)"
  check "$1: no password is printed" "0" "$(grep -c s3cret out)"
}

with_rudolfs() { r=$(free_port) && up bg "$r" "$rudolfs" --host "127.0.0.1:$r" local --path "$work/lfs"; }
start with_rudolfs
bare r.git
roundtrip "rudolfs" "file://$work/r.git" ours ours "http://127.0.0.1:$r/api/org/repo"
bare r.git
roundtrip "rudolfs" "file://$work/r.git" ours theirs "http://127.0.0.1:$r/api/org/repo2"
bare r.git
roundtrip "rudolfs" "file://$work/r.git" theirs ours "http://127.0.0.1:$r/api/org/repo3"

mkdir -p tmp repos
printf 'alice:%s\n' "$(openssl passwd -apr1 s3cret)" > htpasswd
echo 'subjectAltName=DNS:localhost,DNS:git.test,IP:127.0.0.1' > ext
{ openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -keyout ca.key -out ca.pem
  openssl req -newkey rsa:2048 -nodes -subj /CN=srv -keyout srv.key | openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -out srv.pem; } 2> /dev/null
user=; [ "$(id -u)" != 0 ] || user='user root;'
with_fcgiwrap() { f=$(free_port) && up bg "$f" fcgiwrap -f -c 4 -s "tcp:127.0.0.1:$f"; }
start with_fcgiwrap
with_nginx() {
  read -r h s <<< "$(free_port h s)"
  cat > nginx.conf << CONF
$user daemon off; pid nginx.pid; error_log error.log; events {}
http { access_log access.log; client_body_temp_path tmp/b; proxy_temp_path tmp/p; fastcgi_temp_path tmp/f; uwsgi_temp_path tmp/u; scgi_temp_path tmp/s;
 client_max_body_size 0; proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1;
 proxy_set_header Connection ""; proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-Proto \$scheme; auth_basic git; auth_basic_user_file htpasswd;
 server { listen 127.0.0.1:$h; listen 127.0.0.1:$s ssl http2; ssl_certificate srv.pem; ssl_certificate_key srv.key; root repos;
  location ~ ^/(?<r>[^/]+\.git)/info/lfs/(?<x>.*)\$ { proxy_pass http://127.0.0.1:$r/api/git/\$r/\$x; }
  location /api/ { proxy_pass http://127.0.0.1:$r; }
  location ~ ^/api/git/(?<r>[^/]+)/object/(?<o>(?<a>..)(?<b>..).+)\$ {
   if (\$request_method ~ GET|HEAD) { rewrite ^ /_disk/\$r/\$a/\$b/\$o last; } proxy_pass http://127.0.0.1:$r; }
  location /_disk/ { internal; alias lfs/objects/git/; default_type application/octet-stream; }
  location ~ ^/[^/]+\.git/(HEAD|info/refs|objects/.*|git-(upload|receive)-pack)\$ { include /etc/nginx/fastcgi_params; fastcgi_request_buffering off;
   fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend; fastcgi_param GIT_PROJECT_ROOT \$document_root; fastcgi_param PATH_INFO \$uri;
   fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_pass 127.0.0.1:$f; } } }
CONF
  up bg "$s" nginx -e "$work/error.log" -p "$work" -c "$work/nginx.conf"
}
start with_nginx
bare repos/a.git
roundtrip "nginx, HTTP with basic authentication" "http://alice:s3cret@127.0.0.1:$h/a.git" ours theirs
bare repos/a.git
roundtrip "nginx, HTTP with basic authentication" "http://alice:s3cret@127.0.0.1:$h/a.git" theirs ours
bare repos/b.git
cd "$work" && rm -rf t && git init -q t
git -C t remote add origin "https://localhost:$s/b.git"
mkdir -p t/.git/lfs/objects/98/ea; echo hi > t/.git/lfs/objects/98/ea/98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4
"$lfsguard" -C t lfs push --object-id origin 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4 > out 2>&1
check "a certificate that nobody vouches for: exit 128, with the setting that helps" "128 1" "$? $(grep -c 'hint: .*http.sslCAInfo' out)"
$c http.sslCAInfo "$work/ca.pem"
roundtrip "nginx, TLS and HTTP/2" "https://alice:s3cret@localhost:$s/b.git" ours ours
check "HTTP/2 was spoken" "yes" "$(grep 'lfsguard/' access.log | grep -q 'HTTP/2.0' && echo yes)"
bare repos/b.git
roundtrip "nginx, TLS and HTTP/2" "https://alice:s3cret@localhost:$s/b.git" ours theirs

# Proxies. Only they know git.test, where a private mount of /etc/hosts can be had.
unshare -m true 2> /dev/null || { echo "skipped: proxies need unshare -m"; exit $failed; }
echo '127.0.0.1 localhost git.test' > hosts; export work
# shellcheck disable=SC2016  # expanded by the inner shell
named() { bg unshare -m sh -c 'mount --bind "$work/hosts" /etc/hosts && exec "$@"' sh "$@"; }
printf 'prox:%s\n' "$(openssl passwd -apr1 s3cret)" > passwd
touch squid.log cache.log; [ "$(id -u)" != 0 ] || { chown proxy squid.log cache.log passwd; chmod a+x "$work"; }
with_tinyproxy() {
  port=$(free_port)
  printf 'Port %s\nListen 127.0.0.1\nLogFile "%s/tiny.log"\nLogLevel Info\nAllow 127.0.0.1\nBasicAuth prox s3cret\n' "$port" "$work" > tiny.conf
  up named "$port" tinyproxy -d -c "$work/tiny.conf"
}
with_squid() {
  port=$(free_port)
  q=$port
  printf '%s\n' "http_port 127.0.0.1:$q" "pid_filename $work/pid" "access_log stdio:$work/squid.log" "cache_log $work/cache.log" "hosts_file $work/hosts" \
    'cache deny all' 'pinger_enable off' 'shutdown_lifetime 1 second' "auth_param basic program /usr/lib/squid/basic_ncsa_auth $work/passwd" \
    'visible_hostname s.test' 'acl ok proxy_auth REQUIRED' 'http_access allow ok' > squid.conf
  up bg "$port" squid -N -n "peer$$" -f "$work/squid.conf"
}
with_microsocks() { port=$(free_port) && up named "$port" microsocks -i 127.0.0.1 -p "$port" -u prox -P s3cret; }
proxied() { # NAME PROGRAM SCHEME
  command -v "$2" > /dev/null || { echo "skipped: there is no $2"; return; }
  start "with_$2"
  bare repos/c.git; $c http.proxy "$3://prox:s3cret@127.0.0.1:$port"
  roundtrip "$1" "https://alice:s3cret@git.test:$s/c.git" ours ours
  $c --unset http.proxy
}
proxied "through tinyproxy" tinyproxy http
proxied "through squid" squid http
proxied "through a SOCKS5 proxy" microsocks socks5h
if command -v squid > /dev/null; then
  bare repos/c.git; cd "$work" || exit 1; $c http.proxy "http://127.0.0.1:$q"
  $c credential.helper "!f() { echo \"\$1\" >> $work/asked; [ \"\$1\" != get ] || printf 'username=prox\npassword=s3cret\n'; }; f"
  git -C src config lfs.url "https://alice:s3cret@git.test:$s/c.git/info/lfs"
  "$lfsguard" -C src lfs push --all origin > out 2>&1
  check "a proxy's 407 is answered by the credential helper, once" "0 1" "$? $(grep -c get asked)"
  $c credential.helper ''; $c http.proxy "http://127.0.0.1:$q"
  "$lfsguard" -C src lfs push --all origin > out 2>&1
  check "without an answer the push fails and names the proxy" "128 1" "$? $(grep -c "proxy" out | sed 's/[1-9][0-9]*/1/')"
  $c --unset http.proxy
fi
exit $failed
