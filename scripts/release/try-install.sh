#!/bin/sh
# Serves a directory of release assets on 127.0.0.1, installs from it into a fresh home as anybody would, and runs the demo there:
# what each system of the release workflow does. scripts/release/try-install.sh DIRECTORY [PORT]
set -eu
assets=$(cd "$1" && pwd)
port=${2:-8799}
work=$(mktemp -d)
mkdir -p "$work/www/latest" "$work/home"
ln -s "$assets" "$work/www/latest/download"
python3 -m http.server --bind 127.0.0.1 --directory "$work/www" "$port" >"$work/log" 2>&1 &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
tries=0
until curl -fsS -o "$work/install.sh" "http://127.0.0.1:$port/latest/download/install.sh" 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { cat "$work/log"; exit 1; }
  sleep 0.2
done
HOME=$work/home
export HOME
sh "$work/install.sh" --base-url "http://127.0.0.1:$port" --no-modify-path
moat=$HOME/.local/bin/moat
"$moat" --version
"$moat" --version --json
# The demo needs a sandbox; where the machine has none, refusing is right.
code=0
"$moat" sandbox doctor || code=$?
if [ "$code" = 0 ]; then "$moat" demo; else printf 'the sandbox doctor ended with %s: no demo\n' "$code"; fi
