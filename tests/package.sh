#!/usr/bin/env bash
# Installs a .deb, starts what it brought, looks at its window, closes it as a person does, and takes the package away again.
# Runs inside of tests/session.sh. As root the package is really installed; else it is unpacked beside.
set -euo pipefail

file=$1
here=$(cd "$(dirname "$0")" && pwd)
windows() { python3 "$here/e2e/close.py" Rapport "$1"; }
fail() { echo "package.sh: $*" >&2; exit 1; }

name=$(dpkg-deb --field "$file" Package)
installed=no scratch=$(mktemp -d) app=""
finish() {
  [ -z "$app" ] || kill "$app" 2>/dev/null || true
  [ "$installed" = no ] || dpkg --purge "$name" >/dev/null
  rm -rf "$scratch"
}
trap finish EXIT

if [ "$(id -u)" = 0 ]; then
  if dpkg-query --show "$name" >/dev/null 2>&1; then fail "$name is installed already; remove it first"; fi
  dpkg --install "$file" >/dev/null || { installed=yes; fail "it does not install"; }
  installed=yes
  program=$(command -v rapport)
else
  dpkg-deb --extract "$file" "$scratch"
  program=$scratch/usr/bin/rapport
fi

menu=$(dpkg-deb --contents "$file" | grep -c '\.desktop$' || true)
[ "$menu" = 1 ] || fail "it has $menu menu entries"
"$program" --data-dir "$scratch/data" &
app=$!
for ((try = 0; try < 300; try++)); do
  [ "$(windows count)" = 1 ] && break
  kill -0 "$app" 2>/dev/null || fail "it ended at once"
  sleep 0.1
done
[ "$(windows count)" = 1 ] || fail "it shows no window"
windows close >/dev/null
wait "$app" || fail "it ended badly"
app=""
if [ "$installed" = yes ]; then
  dpkg --purge "$name" >/dev/null
  installed=no
  left=$(command -v rapport || true)
  [ -z "$left" ] || fail "$left is still there"
fi
echo "package.sh: $(basename "$file") was installed, shown, closed and removed"
