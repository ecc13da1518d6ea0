#!/bin/sh
# The steps of action.yml: install, run, comment. Every input is a variable; nothing of it is ever evaluated.
set -eu

fail() { printf 'moat action: %s\n' "$*" >&2; exit 1; }
state=${RUNNER_TEMP:?}/moat

# The installer does all of it: the archive for this machine, its checksum, the first answer of the program.
install() {
  case "$MOAT_VERSION" in latest | v[0-9]*) ;; *) fail "version $MOAT_VERSION: use latest or vX.Y.Z" ;; esac
  sh "$(dirname "$0")/install.sh" --base-url "$MOAT_RELEASES" --version "$MOAT_VERSION" --dir "$state/bin" --no-modify-path --quiet
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
