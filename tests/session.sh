#!/usr/bin/env bash
# Runs a command in a desktop session of its own: display in memory, message bus, keyring, home.
# Nothing of it reaches the session of the person at the machine, and nothing of it stays.
#
#   tests/session.sh [--keep DIR] [--no-keyring | --bare] [--] COMMAND [ARGUMENTS]
#
#   --keep DIR     the home and the keyring live in DIR and are there again next time
#   --no-keyring   a bus without a secret service
#   --bare         no bus at all
#
# Do not set WEBKIT_DISABLE_DMABUF_RENDERER or WEBKIT_DISABLE_COMPOSITING_MODE in here: with either
# of them a WebDriver screenshot never comes back.
set -euo pipefail

keep="" bus=yes keyring=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) keep=$2; shift 2 ;;
    --no-keyring) keyring=no; shift ;;
    --bare) bus=no keyring=no; shift ;;
    --) shift; break ;;
    -*) echo "session.sh: unknown option $1" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "session.sh: no command" >&2; exit 2; }

temporary=$(mktemp -d)
started=() # process ids, oldest first

# Asks a process to end, and ends it for good after five seconds.
end() {
  local try
  kill "$1" 2>/dev/null || return 0
  for ((try = 0; try < 100; try++)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.05
  done
  kill -KILL "$1" 2>/dev/null || true
}

end_all() {
  trap - EXIT
  # A second signal, such as the end of who started us after Ctrl-C, must not cut this short.
  trap '' INT TERM HUP
  local index
  for ((index = ${#started[@]} - 1; index >= 0; index--)); do
    end "${started[index]}"
  done
  rm -rf "$temporary"
}
trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Waits up to ten seconds until a command succeeds.
until_true() {
  local try
  for ((try = 0; try < 200; try++)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "session.sh: gave up waiting for: $*" >&2
  return 1
}

# The tools of the developer keep their folders; everything else gets a new home.
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
place=${keep:-$temporary}
mkdir -p "$place"/{home,data,config,cache,state}
place=$(cd "$place" && pwd)
mkdir -m 700 "$temporary/run"
export HOME="$place/home" XDG_DATA_HOME="$place/data" XDG_CONFIG_HOME="$place/config"
export XDG_CACHE_HOME="$place/cache" XDG_STATE_HOME="$place/state" XDG_RUNTIME_DIR="$temporary/run"
export GDK_BACKEND=x11 NO_AT_BRIDGE=1 GTK_A11Y=none GSETTINGS_BACKEND=memory LIBGL_ALWAYS_SOFTWARE=1
unset WAYLAND_DISPLAY WEBKIT_DISABLE_DMABUF_RENDERER WEBKIT_DISABLE_COMPOSITING_MODE

# Display
exec 9<>"$temporary/display"
Xvfb -displayfd 9 -screen 0 1280x900x24 -nolisten tcp >"$temporary/xvfb.log" 2>&1 &
started+=($!)
until_true grep -q . "$temporary/display" || { cat "$temporary/xvfb.log" >&2; exit 1; }
exec 9>&-
DISPLAY=":$(cat "$temporary/display")"
export DISPLAY

# Bus: a configuration without service folders, so that it starts nothing by itself.
unset DBUS_SESSION_BUS_ADDRESS
if [ "$bus" = yes ]; then
  cat >"$temporary/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$temporary/run/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
XML
  dbus-daemon --config-file="$temporary/bus.conf" --nofork --nopidfile >"$temporary/bus.log" 2>&1 &
  started+=($!)
  export DBUS_SESSION_BUS_ADDRESS="unix:path=$temporary/run/bus"
  until_true test -S "$temporary/run/bus" || { cat "$temporary/bus.log" >&2; exit 1; }
else
  # Without an address a client would look for a bus elsewhere.
  export DBUS_SESSION_BUS_ADDRESS="unix:path=$temporary/run/no-bus"
fi

# Keyring, unlocked with an empty password
has_secrets() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q "boolean true"
}
if [ "$keyring" = yes ]; then
  gnome-keyring-daemon --foreground --unlock --components=secrets \
    < <(printf '\n') >"$temporary/keyring.log" 2>&1 &
  started+=($!)
  until_true has_secrets || { cat "$temporary/keyring.log" >&2; exit 1; }
fi

# In the background, so that a signal reaches us at once; `wait` gives its exit status.
"$@" &
started+=($!)
status=0
wait $! || status=$?
exit "$status"
