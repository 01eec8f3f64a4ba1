# ifup and ifdown on two hosts. To be sourced from the top of the tree.
# shellcheck shell=bash
# shellcheck source=Tests/Debian/machine.sh
. Tests/Debian/machine.sh
# shellcheck source=Tests/Debian/settings.sh
. Tests/Debian/settings.sh
quicktun=${QUICKTUN_PROGRAM:-$(./build-release 2>/dev/null)}
make_keys

# Near has our package ($ours), far quicktun 2.2.6 ($old). On a near of the $kind "booted" systemd supervises the daemon,
# on a "plain" one start-stop-daemon does. With $ng near has ifupdown-ng instead of ifupdown.
ours_and_theirs "${kind:?}" "${ours:?}" "${old:?}"
on far syslogd
if [ "$kind" = plain ]; then on near syslogd; fi
if [ -n "$ng" ]; then
  put near /root/ng.deb "$ng"
  on near dpkg --force-all -i /root/ng.deb >/dev/null 2>&1
fi
title="$kind${ng:+, ifupdown-ng}"

# What near has logged.
log() {
  if [ "$kind" = booted ]; then on near journalctl --sync; on near journalctl --output=cat; else on near cat /var/log/messages; fi
}
has_logged() { log >"$scratch/log" && grep -q "$1" "$scratch/log"; }
# Both sides the same: interfaces FUNCTION [DEVICE...].
interfaces() {
  for name in near far; do "$@" "$name" | put "$name" /etc/network/interfaces; done
}
up() { for name in near far; do expect "$name: ifup $*" on "$name" ifup "$@"; done; }
down() { for name in near far; do expect "$name: ifdown $*" on "$name" ifdown "$@"; done; }
pings() { expect "a ping to $1" within 10 on near ping -c 1 -W 1 "$1"; }
daemon() { on near pgrep -x quicktun; }
nothing_is_left() {
  expect_not "no daemon is left" daemon
  expect_not "no device is left" on near ip link show "$1"
  expect_not "no file is left" on near ls /run/quicktun
}
