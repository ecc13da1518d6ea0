#!/bin/sh
# The steps of action.yml: install, run, comment. Every input is a variable; nothing of it is ever evaluated.
set -eu

fail() { printf 'moat action: %s\n' "$*" >&2; exit 1; }
state=${RUNNER_TEMP:?}/moat

# The name of the release asset for this machine.
asset() {
  case "$(uname -s)" in Linux) os=linux ;; Darwin) os=darwin ;; *) fail "no release for $(uname -s)" ;; esac
  case "$(uname -m)" in x86_64 | amd64) cpu=x64 ;; aarch64 | arm64) cpu=arm64 ;; *) fail "no release for $(uname -m)" ;; esac
  libc=
  # musl's loader alone says nothing: it is a package of glibc's systems, too.
  if [ "$os" = linux ] && ls /lib/ld-musl-* >/dev/null 2>&1 && ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then libc=-musl; fi
  printf 'moat-%s-%s%s.tar.gz' "$os" "$cpu" "$libc"
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

# Downloads the release, holds it against SHA256SUMS of the same release, and puts it on the PATH of later steps.
install() {
  name=$(asset)
  case "$MOAT_VERSION" in
    latest) from=$MOAT_RELEASES/latest/download ;;
    v[0-9]*) from=$MOAT_RELEASES/download/$MOAT_VERSION ;;
    *) fail "version $MOAT_VERSION: use latest or vX.Y.Z" ;;
  esac
  mkdir -p "$state/bin"
  curl -fsSL --retry 3 -o "$state/$name" "$from/$name" || fail "cannot download $from/$name"
  curl -fsSL --retry 3 -o "$state/SHA256SUMS" "$from/SHA256SUMS" || fail "cannot download $from/SHA256SUMS"
  wanted=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$state/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS does not name $name"
  [ "$(sha256 "$state/$name")" = "$wanted" ] || fail "$name is not what SHA256SUMS says: nothing was installed"
  tar -xzf "$state/$name" -C "$state/bin" moat
  printf '%s\n' "$state/bin" >>"$GITHUB_PATH"
  "$state/bin/moat" --version
}

# One task. The step fails with moat's own exit code, after its outputs are written.
run() {
  mkdir -p "$state"
  set -f # words of MOAT_ARGS are split, and not taken for file names
  # shellcheck disable=SC2086
  set -- exec --color never --sandbox "$MOAT_SANDBOX" -o "$state/message" ${MOAT_ARGS:-}
  [ -z "${MOAT_MODEL:-}" ] || set -- "$@" --model "$MOAT_MODEL"
  [ -z "${MOAT_EVIDENCE:-}" ] || set -- "$@" --require-evidence "$MOAT_EVIDENCE"
  [ -z "${MOAT_API_KEY:-}" ] || export OPENAI_API_KEY="$MOAT_API_KEY"
  unset MOAT_API_KEY
  if [ -n "${MOAT_PROMPT_FILE:-}" ]; then cat -- "$MOAT_PROMPT_FILE" >"$state/prompt"; else printf '%s' "${MOAT_PROMPT:-}" >"$state/prompt"; fi
  [ -s "$state/prompt" ] || fail "give a prompt or a prompt-file"
  : >"$state/message"
  code=0
  "${MOAT_BINARY:-moat}" "$@" - <"$state/prompt" 2>"$state/log" || code=$?
  cat "$state/log" >&2
  # A delimiter that the model cannot guess, so that its text cannot write other outputs.
  end=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  {
    printf 'exit-code=%s\n' "$code"
    printf 'message<<%s\n' "$end"
    cat "$state/message"
    printf '\n%s\n' "$end"
  } >>"$GITHUB_OUTPUT"
  printf '%s' "$code" >"$state/code"
  exit "$code"
}

# The final message and the evidence as a comment on the pull request.
comment() {
  {
    cat "$state/message"
    printf '\n\n<details><summary>What really happened (exit code %s)</summary>\n\n' "$(cat "$state/code")"
    sed -n '/^evidence:$/,$p' "$state/log" | sed 's/^/    /'
    printf '\n</details>\n'
  } >"$state/comment"
  gh pr comment "$MOAT_PULL_REQUEST" --repo "$MOAT_REPOSITORY" --body-file "$state/comment"
}

case "${1:-}" in
  install | run | comment) "$1" ;;
  *) fail "say what: install, run or comment" ;;
esac
