#!/bin/sh
# Installs moat for this user: curl -fsSL …/releases/latest/download/install.sh | sh
# Takes the release for this machine, holds it against its SHA256SUMS, lets it answer once, and only then puts it in place.
# `sh install.sh --help` lists the flags. Nothing is run as another user, and nothing outside of the directory and the shell's
# profile is changed. Everything stands in one block, so that a download that was cut off runs nothing.
{
set -u

RELEASES='@RELEASES@'
BEGIN='# >>> moat >>>'
END='# <<< moat <<<'

say() { [ -n "$quiet" ] || printf '%s\n' "$*"; }
warn() { printf 'moat: %s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

usage() {
  cat <<'TEXT'
install.sh [FLAGS]
  --version X.Y.Z     this release (default: the latest; MOAT_VERSION)
  --dir DIR           where the program goes (default: ~/.local/bin; MOAT_INSTALL_DIR)
  --base-url URL      where releases lie, as in https://example.org/moat/releases (MOAT_BASE_URL)
  --binary FILE       install this file, and download nothing
  --no-modify-path    leave the shell's profile alone
  --uninstall         remove the program and the lines in profiles; ~/.moat stays
  --quiet             print nothing but warnings and errors
TEXT
}

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --dir | --base-url | --binary) [ $# -gt 1 ] || die "$1 needs a value" ;;
    esac
    case $1 in
      --version) version=$2; shift ;;
      --dir) dir=$2; shift ;;
      --base-url) base_url=$2; shift ;;
      --binary) binary=$2; shift ;;
      --no-modify-path) modify_path= ;;
      --uninstall) uninstall=1 ;;
      --quiet) quiet=1 ;;
      --help | -h) usage; exit 0 ;;
      *) usage >&2; die "unknown flag $1" ;;
    esac
    shift
  done
}

check_arguments() {
  if [ -z "$dir" ]; then
    [ -n "${HOME:-}" ] || die "HOME is not set: say where with --dir"
    dir=$HOME/.local/bin
  fi
  case $dir in
    *:* | *'
'*) die "--dir must be a path without colons and line breaks" ;;
    /*) ;;
    *) dir=$(pwd)/$dir ;;
  esac
  version=${version#v}
  case $version in
    latest) ;;
    *[!0-9A-Za-z.-]* | *..* | '') die "the version must look like 1.2.3 or latest, nothing was installed" ;;
    [0-9]*.[0-9]*.[0-9]*) ;;
    *) die "the version must look like 1.2.3 or latest, nothing was installed" ;;
  esac
}

check_base_url() {
  base_url=${base_url%/}
  case $base_url in
    @*) die "this copy of install.sh does not know where releases lie: give --base-url" ;;
    *[!0-9A-Za-z.:/_~%?=+-]*)
      case $base_url in
        'http://[::1]'[:/]*) ;;
        *) die "--base-url has characters that no address of releases needs, nothing was installed" ;;
      esac ;;
  esac
  case $base_url in
    https://?*) protocols='=https' ;;
    http://127.0.0.1[:/]* | http://localhost[:/]* | 'http://[::1]'[:/]*) protocols='=http,https' ;;
    *) die "--base-url must begin with https:// (http:// only for this machine), nothing was installed" ;;
  esac
}

# The name that releases have for this machine.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN* | Windows_NT) die "on Windows use install.ps1, or WSL2, where commands can be confined" ;;
    *) die "there is no release for $system" ;;
  esac
  case $machine in
    x86_64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) die "there is no release for $machine" ;;
  esac
  # A shell that Rosetta translates takes this machine for an Intel one.
  if [ $os-$cpu = darwin-x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then cpu=arm64; fi
  target=$os-$cpu
  [ $os = linux ] || return 0
  if is_musl; then target=$target-musl; else check_glibc; fi
}

is_musl() {
  for loader in /lib/ld-musl-*; do
    # A machine with glibc may have musl's loader beside it.
    [ -e "$loader" ] && [ -z "$(glibc_version)" ] && return 0
  done
  return 1
}

glibc_version() { getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p'; }

check_glibc() {
  found=$(glibc_version)
  case $found in
    2.[0-9] | 2.1[0-6] | 2.[0-9].* | 2.1[0-6].*) die "moat needs glibc 2.17, and this machine has $found" ;;
  esac
}

# download URL FILE
download() {
  if command -v curl >/dev/null 2>&1; then
    curl --proto "$protocols" --tlsv1.2 -fsSL --retry 2 -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1"
  else
    die "neither curl nor wget is there to download with"
  fi
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1"
  else return 1
  fi | cut -d ' ' -f 1
}

# Leaves the program of the release in $stage/moat, or dies.
fetch_release() {
  find_target
  archive=moat-$target.tar.gz
  case $version in latest) from=$base_url/latest/download ;; *) from=$base_url/download/v$version ;; esac
  say "moat for $target, from $from"
  download "$from/SHA256SUMS" "$stage/SHA256SUMS" || die "cannot download $from/SHA256SUMS, nothing was installed"
  wanted=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1; exit }' "$stage/SHA256SUMS")
  case $wanted in
    '' | *[!0-9a-f]*) die "SHA256SUMS does not name $archive, nothing was installed" ;;
  esac
  download "$from/$archive" "$stage/archive" || die "cannot download $from/$archive, nothing was installed"
  found=$(sha256 "$stage/archive")
  [ -n "$found" ] || die "neither sha256sum, shasum nor openssl is there to check the download with, nothing was installed"
  [ "$found" = "$wanted" ] || die "$archive is not what SHA256SUMS says, nothing was installed"
  mkdir "$stage/out" || die "cannot write to $dir, nothing was installed"
  tar -xzf "$stage/archive" -C "$stage/out" moat || die "$archive cannot be unpacked, nothing was installed"
  mv "$stage/out/moat" "$stage/moat" || die "cannot write to $dir, nothing was installed"
}

# The new program must answer before it takes the place of the old one.
try_program() {
  if [ ! -f "$stage/moat" ] || [ -L "$stage/moat" ]; then die "the release holds no program, nothing was installed"; fi
  chmod 755 "$stage/moat" || die "cannot write to $dir, nothing was installed"
  said=$("$stage/moat" --version </dev/null 2>"$stage/error") || {
    if grep -q 'libstdc++\|libgcc' "$stage/error"; then
      die "the program needs the C++ library, nothing was installed. Run: apk add libstdc++ libgcc"
    fi
    warn "$(head -n 5 "$stage/error")"
    die "the program does not start on this machine, nothing was installed"
  }
  case $said in
    "moat $version") ;;
    'moat '*) [ "$version" = latest ] || [ -n "$binary" ] || die "the release says that it is $said, not $version, nothing was installed" ;;
    *) die "the program does not say that it is moat, nothing was installed" ;;
  esac
}

place() {
  [ ! -d "$dir/moat" ] || die "$dir/moat is a directory, nothing was installed"
  mv -f "$stage/moat" "$dir/moat" || die "cannot write $dir/moat, nothing was changed"
}

make_stage() {
  if ! mkdir -p "$dir" 2>/dev/null || [ ! -w "$dir" ]; then
    die "$dir cannot be written, nothing was installed: choose another with --dir"
  fi
  # In the directory itself, so that the last step is a rename.
  stage=$(mktemp -d "$dir/.moat-install-XXXXXX") || die "$dir cannot be written, nothing was installed"
  trap 'rm -rf "$stage"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Files in which the user's shell looks for PATH, one a line.
profiles() {
  shell=${SHELL:-sh}
  case ${shell##*/} in
    fish) printf '%s\n' "${XDG_CONFIG_HOME:-$HOME/.config}/fish/conf.d/moat.fish" ;;
    zsh) printf '%s\n' "${ZDOTDIR:-$HOME}/.zshrc" ;;
    bash)
      printf '%s\n' "$HOME/.bashrc"
      if [ -e "$HOME/.bash_profile" ]; then printf '%s\n' "$HOME/.bash_profile"; else printf '%s\n' "$HOME/.profile"; fi ;;
    *) printf '%s\n' "$HOME/.profile" ;;
  esac
}

every_profile() {
  printf '%s\n' "$HOME/.bashrc" "$HOME/.bash_profile" "$HOME/.profile" "${ZDOTDIR:-$HOME}/.zshrc" \
    "${XDG_CONFIG_HOME:-$HOME/.config}/fish/conf.d/moat.fish"
}

without_block() { awk -v begin="$BEGIN" -v end="$END" '$0 == begin { skip = 1 } !skip { print } $0 == end { skip = 0 }' "$1"; }

has_block() { [ -f "$1" ] && grep -Fqx "$BEGIN" "$1" && grep -Fqx "$END" "$1"; }

block() { # block FILE
  case $1 in
    *.fish) printf "%s\nfish_add_path -gP '%s'\n%s\n" "$BEGIN" "$dir" "$END" ;;
    *) printf "%s\ncase \":\$PATH:\" in *':%s:'*) ;; *) export PATH='%s':\"\$PATH\" ;; esac\n%s\n" "$BEGIN" "$dir" "$dir" "$END" ;;
  esac
}

# Writes through links, and keeps the file's mode. $2: a file with the new text.
rewrite() { cmp -s "$2" "$1" 2>/dev/null || cat "$2" >"$1"; }

add_to_profile() {
  mkdir -p "$(dirname "$1")" 2>/dev/null || return 1
  if has_block "$1"; then
    without_block "$1" >"$stage/profile"
  elif [ -e "$1" ]; then
    cat "$1" >"$stage/profile" || return 1
    # The block begins on a line of its own.
    [ -z "$(tail -c 1 "$1")" ] || printf '\n' >>"$stage/profile"
  else
    : >"$stage/profile"
  fi
  block "$1" >>"$stage/profile"
  rewrite "$1" "$stage/profile" 2>/dev/null
}

modify_profiles() {
  if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$dir" >>"$GITHUB_PATH"; fi
  case ":${PATH:-}:" in *":$dir:"*) return 0 ;; esac
  case $dir in *[\'\\]*) warn "put $dir on your PATH"; return 0 ;; esac
  [ -n "${HOME:-}" ] || return 0
  profiles | while IFS= read -r profile; do
    if add_to_profile "$profile"; then say "$dir is on the PATH of new shells ($profile)"
    else warn "$profile cannot be written: put $dir on your PATH"
    fi
  done
}

# Another moat that a shell would find first, or instead.
warn_of_others() {
  other=$(command -v moat 2>/dev/null) || return 0
  [ "$other" = "$dir/moat" ] || warn "another moat comes first on your PATH: $other"
}

remove() {
  if [ -d "$dir" ] && [ ! -w "$dir" ]; then die "$dir cannot be written, nothing was removed"; fi
  if [ -f "$dir/moat" ] || [ -L "$dir/moat" ]; then
    rm -f "$dir/moat" || die "$dir/moat cannot be removed"
    say "removed $dir/moat"
  else
    say "there is no $dir/moat"
  fi
  [ -n "${HOME:-}" ] || return 0
  stage=$(mktemp -d) || die "no temporary directory can be made"
  trap 'rm -rf "$stage"' EXIT
  every_profile | while IFS= read -r profile; do
    has_block "$profile" || continue
    without_block "$profile" >"$stage/profile"
    if [ -s "$stage/profile" ]; then rewrite "$profile" "$stage/profile"; else rm -f "$profile"; fi
    say "took the lines of moat out of $profile"
  done
  [ ! -d "$HOME/.moat" ] || say "kept $HOME/.moat: your configuration, keys and threads"
}

main() {
  quiet='' uninstall='' binary='' modify_path=1 stage=''
  version=${MOAT_VERSION:-latest} dir=${MOAT_INSTALL_DIR:-} base_url=${MOAT_BASE_URL:-$RELEASES}
  read_arguments "$@"
  check_arguments
  if [ -n "$uninstall" ]; then remove; return; fi
  [ -n "$binary" ] || check_base_url
  make_stage
  if [ -n "$binary" ]; then cp "$binary" "$stage/moat" || die "cannot copy $binary, nothing was installed"
  else fetch_release
  fi
  try_program
  place
  say "installed $said as $dir/moat"
  [ -z "$modify_path" ] || modify_profiles
  warn_of_others
  say "Try it: moat demo"
}

main "$@"
exit
}
