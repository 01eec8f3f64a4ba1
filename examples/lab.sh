# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the examples use $started and set $quicktun
# What every example needs around its story. To be sourced from the directory above; starts the example again with sudo
# if need be, and at its end, also when interrupted, takes everything away.
#
#   program                prints where quicktun is; builds it in the source tree
#   need PACKAGE...        refuses to go on without these Debian packages
#   install_missing PACKAGE...
#                          installs what is missing of them
#   step WORDS...          says what comes next
#   host NAME...           makes hosts: network namespaces
#   cable HOST DEVICE ADDRESS HOST DEVICE ADDRESS
#                          joins two hosts; - is no address
#   on HOST COMMAND...     runs it on that host
#   start HOST COMMAND...  runs it there in the background: pid in $started, output in $scratch/HOST.log
#   stop PID...            ends what was started, and waits for it
#   listen HOST DEVICE FILTER...
#                          keeps what tcpdump sees there in $scratch/HOST.DEVICE; pid in $started
#   key_pair HOST...       makes key pairs: $scratch/HOST.key, and public_key HOST prints what the peer gets
#   wait_until COMMAND...  until it succeeds, at most twenty seconds
#   up HOST DEVICE         waits until the device is there and up
#   listening HOST PORT    waits until somebody listens at that TCP port
#   pings HOST PING'S-ARGUMENTS...
#                          three pings, all of which have to be answered
#   fail WORDS...          says what is not as it should be, shows the logs, ends

# The way to the caller's swift, and to the programs that Debian has for root only.
if [ "$(id -u)" -ne 0 ]; then
  exec sudo -- env PATH="$PATH:/usr/sbin:/sbin" QUICKTUN_PROGRAM="${QUICKTUN_PROGRAM:-}" "$PWD/examples/${0##*/}" "$@"
fi

hosts=()
scratch=$(mktemp -d)
started=

clean_up() {
  local status=$? host
  trap - EXIT
  if [ $status -ne 0 ]; then tail -n 20 "$scratch"/*.log >&2 2>/dev/null || true; fi
  for host in "${hosts[@]}"; do
    ip netns pids "qt-$host-$$" 2>/dev/null | xargs --no-run-if-empty kill 2>/dev/null || true
    ip netns delete "qt-$host-$$" 2>/dev/null || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The installed program, or in the source tree the one that is built there.
program() { if [ -x build-release ]; then ./build-release; else command -v quicktun; fi; }

step() { printf '\n== %s\n' "$*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

need() {
  local missing
  missing=$(missing_packages "$@" | xargs)
  [ -z "$missing" ] || fail "what is missing: apt-get install --no-install-recommends $missing"
}

install_missing() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends "${missing[@]}" >/dev/null
}

host() {
  local host
  for host in "$@"; do
    hosts+=("$host")
    ip netns add "qt-$host-$$"
    ip -netns "qt-$host-$$" link set lo up
  done
}

on() { ip netns exec "qt-$1-$$" "${@:2}"; }

cable() {
  ip link add "$2" netns "qt-$1-$$" type veth peer name "$5" netns "qt-$4-$$"
  plug "$1" "$2" "$3"
  plug "$4" "$5" "$6"
}

plug() {
  # nodad: an IPv6 address may be used at once, for nobody else can have it.
  case $3 in
  *:*) on "$1" ip address add "$3" dev "$2" nodad ;;
  *.*) on "$1" ip address add "$3" dev "$2" ;;
  esac
  on "$1" ip link set "$2" up
}

start() {
  # exec, so that the pid is the program's.
  (exec ip netns exec "qt-$1-$$" "${@:2}") >>"$scratch/$1.log" 2>&1 &
  started=$!
}

stop() {
  kill "$@"
  wait "$@" || true
}

listen() {
  rm -f "$scratch/$1.$2.tcpdump"
  (exec ip netns exec "qt-$1-$$" tcpdump --immediate-mode -l -n -t -i "$2" "${*:3}") \
    >"$scratch/$1.$2" 2>"$scratch/$1.$2.tcpdump" &
  started=$!
  wait_until grep 'listening on' "$scratch/$1.$2.tcpdump"
}

key_pair() {
  local host secret public
  for host in "$@"; do
    read -r secret public < <("$quicktun" keypair -o space)
    (umask 077 && echo "$secret" >"$scratch/$host.key")
    echo "$public" >"$scratch/$host.pub"
  done
}

public_key() { cat "$scratch/$1.pub"; }

wait_until() {
  local end=$((SECONDS + 20))
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ]; then fail "gave up waiting: $*"; fi
    sleep 0.1
  done
}

up() { wait_until is_up "$@"; }
is_up() { on "$1" ip link show dev "$2" up | grep -q .; }

listening() { wait_until is_listening "$@"; }
is_listening() { on "$1" ss -Hltn "sport = :$2" | grep -q .; }

pings() {
  # One by one: of several ping waits for the last answer no longer than for the next packet's turn, and late is not lost.
  for _ in 1 2 3; do
    on "$1" ping -n -q -c 1 -W 10 "${@:2}" >"$scratch/ping" || fail "$1: ping ${*:2}: $(cat "$scratch/ping")"
  done
  echo "$1: ping ${*:2}: all three answered"
}
