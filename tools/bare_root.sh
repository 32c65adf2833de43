#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Proves that a newcomer's machine is enough: clones what is committed here into fresh Debian 12
# roots, runs a verb of ./run there twice (once more to see that the second call is quick), as root
# and as a user with sudo, and says how long each took. Needs root and debootstrap.
#
#   tools/bare_root.sh DIR [VERB...]      DIR takes about 3 GB; VERB is build unless given
#
# WEIR_USERS names one of the two users, root or newcomer, where the other is not wanted.
set -eu

[ $# -ge 1 ] || {
  sed -n 's/^# \{0,1\}//p' "$0" | sed -n '3,10p' >&2
  exit 2
}
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- build

base=$dir/base
if [ ! -f "$base/ready" ]; then
  rm -rf "$base"
  debootstrap --variant=minbase bookworm "$base" http://deb.debian.org/debian >"$dir/base.log"
  touch "$base/ready"
fi

# inside ROOT USER COMMAND...: runs in the root, with its own /proc that goes when it ends.
inside() {
  root=$1
  user=$2
  shift 2
  # shellcheck disable=SC2016
  unshare --mount --propagation private sh -c '
    root=$1; user=$2; shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys" 2>/dev/null || true
    home=$(awk -F: -v u="$user" "\$1 == u { print \$6 }" "$root/etc/passwd")
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" USER="$user" \
      chroot --userspec="$user" "$root" "$@"' sh "$root" "$user" "$@"
}

timed() {
  what=$1
  shift
  began=$(date +%s)
  result=ok
  "$@" >"$dir/$what.log" 2>&1 || result="FAILED ($?)"
  echo "$what: $(($(date +%s) - began)) s, $result, $(tail -n 1 "$dir/$what.log")"
  [ "$result" = ok ]
}

status=0
src=/srv/weir
for who in ${WEIR_USERS:-root newcomer}; do
  root=$dir/$who
  rm -rf "$root"
  cp -a "$base" "$root"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  if [ "$who" != root ]; then
    inside "$root" root sh -c 'apt-get -q update && apt-get -q -y install --no-install-recommends \
      sudo && useradd -m newcomer && echo "newcomer ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/all' \
      >"$dir/$who-user.log" 2>&1
  fi
  git clone -q "$here" "$root$src"
  [ "$who" = root ] || inside "$root" root chown -R newcomer: "$src"
  for verb in "$@"; do
    timed "$who-$verb-first" inside "$root" "$who" "$src/run" "$verb" || status=1
    timed "$who-$verb-again" inside "$root" "$who" "$src/run" "$verb" || status=1
  done
done
exit "$status"
