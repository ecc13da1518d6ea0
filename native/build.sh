#!/bin/sh
# Builds the launcher for one or more architectures with plain gcc: native/out/moat-launch-{x64,arm64}.
# native/build.sh [--strict] [--arch x64|arm64]… [--install FILE]
# Without --arch: this machine's, and arm64 where its cross compiler is found. The one for this machine (or the single --arch)
# is copied to --install FILE, by default dist/launcher.bin, only when its bytes changed. CC overrides the compiler.
# --strict: a warning is an error. For us; a compiler that is newer than ours must not keep a user from building.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

fail() { printf 'native/build.sh: %s\n' "$*" >&2; exit 1; }

case $(uname -m) in
  x86_64) host=x64 ;;
  aarch64 | arm64) host=arm64 ;;
  *) fail "the launcher is written for x86_64 and aarch64, not for $(uname -m)" ;;
esac

archs=
strict=
install=$here/../dist/launcher.bin
while [ $# -gt 0 ]; do
  case $1 in
    --strict) strict=-Werror; shift ;;
    --arch) [ $# -gt 1 ] || fail "--arch needs a value"; archs="$archs $2"; shift 2 ;;
    --install) [ $# -gt 1 ] || fail "--install needs a value"; install=$2; shift 2 ;;
    *) fail "unknown argument $1" ;;
  esac
done
wanted=$archs
if [ -z "$archs" ]; then
  archs="x64 arm64"
  [ -z "${CC:-}" ] || archs=$host
fi

compiler() { # compiler ARCH: the command that compiles for it, or nothing
  [ -z "${CC:-}" ] || { printf '%s' "$CC"; return; }
  case $1 in x64) cross=x86_64-linux-gnu-gcc ;; *) cross=aarch64-linux-gnu-gcc ;; esac
  if [ "$1" = "$host" ]; then printf gcc; elif command -v "$cross" >/dev/null 2>&1; then printf '%s' "$cross"; fi
}

# Freestanding and position dependent: nothing of the machine's libraries gets in, and the same source gives the same bytes.
# Constants beside the code (noseparate-code): on pages of their own they would take a tenth of the file for padding; and so would
# data, were it not allowed to begin in the middle of one. Large arrays first: between them each small variable would lie on a page of its
# own, and every process pays for every page that it touches.
flags="-std=gnu11 -Os -ffreestanding -nostdlib -nostartfiles -static -fno-pie -no-pie
  -fomit-frame-pointer -fno-stack-protector -fno-unwind-tables -fno-asynchronous-unwind-tables -fno-ident -fno-builtin
  -ffunction-sections -fdata-sections -fcf-protection=none -Wall -Wextra $strict
  -Wl,--gc-sections -Wl,--sort-section=alignment -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro
  -Wl,-z,noseparate-code -Wl,-z,common-page-size=512 -s"

# The program as a whole is a tenth smaller than its parts. Not every compiler knows the second word, without which gcc warns.
whole() { # whole COMPILER
  words="-flto -flto-partition=one"
  # shellcheck disable=SC2086
  if $1 $words -x c -c -o /dev/null - </dev/null 2>/dev/null; then printf '%s' "$words"; fi
}

build() { # build ARCH COMPILER
  out=$here/out/moat-launch-$1
  mkdir -p "$here/out"
  case $1 in arm64) machine=$(printf '%s' "$flags" | sed 's/-fcf-protection=none//') ;; *) machine=$flags ;; esac
  # Relative names, so that no directory of this machine can get into the file.
  # shellcheck disable=SC2086
  (cd "$here" && LC_ALL=C $2 $machine $(whole "$2") -o "$out.new" src/*.c src/*/*.c)
  size=$(wc -c <"$out.new")
  [ "$size" -le 65536 ] || fail "$1: $size bytes are more than the 64 KB that the launcher may take"
  chmod 755 "$out.new"
  mv "$out.new" "$out"
}

for arch in $archs; do
  with=$(compiler "$arch")
  if [ -n "$with" ]; then build "$arch" "$with"
  elif [ -n "$wanted" ]; then fail "no compiler for $arch (apt-get install gcc-aarch64-linux-gnu)"
  fi
done

# shellcheck disable=SC2086
set -- $wanted
[ $# -le 1 ] || exit 0
built=$here/out/moat-launch-${1:-$host}
mkdir -p "$(dirname "$install")"
cmp -s "$built" "$install" || { cp "$built" "$install.new" && mv "$install.new" "$install"; }
