# Debian systems to install packages in, without touching this one. To be sourced.
#
# A machine is an overlay over one fresh Debian tree, run by systemd-nspawn in a network namespace of its own: either
# "plain", where nothing runs but what is told to, or "booted" with systemd. Two of them are joined by a cable:
#
#     near 192.0.2.1 ─── wire ─── 192.0.2.2 far
# shellcheck shell=bash

scratch=$(mktemp --directory --tmpdir="${TMPDIR:-/var/tmp}" quicktun-debian.XXXXXX)
base=$(Tests/Debian/tree)
# Of each machine: its first process as seen from here, and the nspawn around it.
declare -A leader=() nspawn=()
# As udev makes it: any user may open it.
mknod --mode=666 "$scratch/tun" c 10 200

clean_up() {
  local name
  for name in "${!nspawn[@]}"; do remove_machine "$name"; done
  rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Whether the machine's first process runs what it is to run. nspawn has other children before that.
is_running() {
  leader[$1]=$(pgrep --parent "${nspawn[$1]}" | tail --lines=1)
  [ -n "${leader[$1]}" ] && [ "$(awk '/^NSpid:/ { print $NF }' "/proc/${leader[$1]}/status" 2>/dev/null)" = 1 ] &&
    on "$1" sh -c 'pgrep --exact sleep || test -d /run/systemd/system' >/dev/null 2>&1
}

# start_machine NAME plain|booted
start_machine() {
  local name=$1 tree="$scratch/$1" options=(--as-pid2)
  mkdir -p "$tree/upper" "$tree/work" "$tree/root"
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$tree/upper,workdir=$tree/work" "$tree/root"
  [ "$2" = booted ] && options=(--boot)
  local program=(sleep infinity)
  [ "$2" = booted ] && program=(systemd.unit=multi-user.target)
  systemd-nspawn --quiet --register=no --keep-unit --directory="$tree/root" --machine="$name" \
    --private-network --bind="$scratch/tun:/dev/net/tun" --console=pipe \
    "${options[@]}" "${program[@]}" </dev/null >"$scratch/$name.console" 2>&1 &
  nspawn[$name]=$!
  until is_running "$name"; do
    kill -0 "${nspawn[$name]}" || { cat "$scratch/$name.console" >&2; return 1; }
    sleep 0.1
  done
  if [ "$2" = booted ]; then
    until on "$name" systemctl is-active --quiet multi-user.target 2>/dev/null; do sleep 0.2; done
  fi
  on "$name" ip link set lo up
}

remove_machine() {
  local name=$1
  # Without its child nspawn ends; also when the machine had not come up.
  pkill -KILL --parent "${nspawn[$name]}" || true
  wait "${nspawn[$name]}" 2>/dev/null || true
  unset "leader[$name]" "nspawn[$name]"
  umount "$scratch/$name/root" 2>/dev/null || umount --lazy "$scratch/$name/root"
}

# on NAME COMMAND...: runs it there.
on() {
  local name=$1
  shift
  nsenter --target="${leader[$name]}" --all -- \
    env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# put NAME PATH [FILE]: puts a file or standard input there.
put() { on "$1" tee "$2" <"${3:-/dev/stdin}" >/dev/null; }

join_machines() {
  ip link add wire netns "${leader[$1]}" type veth peer name wire netns "${leader[$2]}"
  local number=1 name
  for name in "$1" "$2"; do
    on "$name" ip address add "192.0.2.$number/24" dev wire
    on "$name" ip address add "2001:db8::$number/64" dev wire nodad
    on "$name" ip link set wire up
    number=2
  done
}

# --- what the stories say

say() { echo "== $*"; }

# expect TEXT COMMAND...: the command succeeds; otherwise everything stops.
expect() {
  local what=$1
  shift
  "$@" >"$scratch/output" 2>&1 && return
  echo "FAILED: $what ($*)" >&2
  cat "$scratch/output" >&2
  exit 1
}

# expect_not TEXT COMMAND...
expect_not() {
  local what=$1
  shift
  "$@" >"$scratch/output" 2>&1 || return 0
  echo "FAILED: $what ($*)" >&2
  cat "$scratch/output" >&2
  exit 1
}

# said TEXT: the last command that was expected or not.
said() {
  grep --quiet --fixed-strings -- "$1" "$scratch/output" && return
  echo "FAILED: it does not say \"$1\", but:" >&2
  cat "$scratch/output" >&2
  exit 1
}

# The last command had nothing to say.
nothing_said() {
  [ ! -s "$scratch/output" ] && return
  cat "$scratch/output" >&2
  exit 1
}

# within SECONDS COMMAND...: until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
