#!/bin/sh
# install_packages.sh PACKAGE ... -- install what is missing of these Debian
# packages; silent when nothing is.
set -eu
missing=
for package in "$@"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "please install, as root:$missing" >&2; exit 1; }
  root=sudo
fi
echo "installing:$missing"
# shellcheck disable=SC2086  # a list of words is meant
{
  $root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing
} >/tmp/sqlite-mine-apt.log 2>&1 || { tail -20 /tmp/sqlite-mine-apt.log >&2; exit 1; }
