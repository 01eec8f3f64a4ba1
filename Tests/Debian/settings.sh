# Two hosts, and their settings as lines of /etc/network/interfaces. To be sourced after machine.sh.
# shellcheck shell=bash

# ours_and_theirs KIND OURS.deb OLD.deb: near with our package, on a machine of that kind, and far with quicktun 2.2.6.
ours_and_theirs() {
  start_machine near "$1"
  start_machine far plain
  join_machines near far
  put near /root/ours.deb "$2"
  put far /root/old.deb "$3"
  on near dpkg -i /root/ours.deb >/dev/null
  on far dpkg -i /root/old.deb >/dev/null
}

declare -A secret=() public=()
make_keys() {
  local name
  for name in near far; do
    read -r "secret[$name]" "public[$name]" < <("$quicktun" keypair -o space)
  done
}
other() { if [ "$1" = near ]; then echo far; else echo near; fi; }
number() { if [ "$1" = near ]; then echo 1; else echo 2; fi; }

# stanza NAME DEVICE METHOD [LINE...]: of the tunnel between near and far, with more lines.
stanza() {
  local name=$1 device=$2 method=$3
  shift 3
  printf '%s\n' "iface $device $method" "  qt_remote_address 192.0.2.$(number "$(other "$name")")" \
    "  qt_private_key ${secret[$name]}" "  qt_public_key ${public[$(other "$name")]}"
  printf '  %s\n' "$@"
}

# tun NAME DEVICE: the sample stanza of quicktun 2.2.6's README.Debian, without its comments.
tun() {
  stanza "$1" "$2" "inet static" "qt_protocol nacltai" "qt_tun_mode 1" \
    "address 10.9.0.$(number "$1")" "pointopoint 10.9.0.$(number "$(other "$1")")" "netmask 255.255.255.255" "mtu 1440"
}
