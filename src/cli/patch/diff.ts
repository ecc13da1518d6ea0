import { join } from "node:path";
import { type Printable, SafeText, type Style, safe, styleFor } from "../../term/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { findRepository } from "./repository.ts";

/** The changes as a unified diff, or why there are none to show. */
export type TreeDiff = { ok: true; text: string } | { ok: false; message: string };

/**
 * What differs from the last commit, files that git does not know yet included. The object is git's name of the empty tree:
 * what a repository without a commit is compared with.
 */
const SCRIPT = `
base=$(git rev-parse -q --verify HEAD || echo 4b825dc642cb6eb9a060e54bf8d69288fbee4904)
git --no-pager diff --no-color --no-ext-diff --no-textconv "$base" -- || exit
git ls-files -z --others --exclude-standard |
  xargs -0 -r -n 1 git --no-pager diff --no-color --no-ext-diff --no-textconv --no-index -- /dev/null
exit 0
`;

/** Bytes of a diff that are shown, head and tail; more is no help to a person. */
const SHOWN_BYTES = 16 * 1024 * 1024;

/** Runs git confined and read-only: a repository can name programs that git would run (filters, monitors). */
export async function treeDiff(host: Host, cwd: string): Promise<TreeDiff> {
  const repository = findRepository(cwd);
  if (repository === null) return { ok: false, message: `${cwd} is not inside a git repository` };
  const [{ openSandbox, resolvePolicy, SandboxError }, { run }] = await Promise.all([
    import("../../sandbox/index.ts"),
    import("../../process/index.ts"),
  ]);
  const resolved = await resolvePolicy({
    mode: "read-only",
    cwd: repository,
    home: host.home,
    moat_home: host.moat_home,
    tmpdir: null,
    writable_roots: [],
    network_access: false,
    hidden_paths: [],
    exclude_slash_tmp: true,
    exclude_tmpdir_env_var: true,
  });
  if (!resolved.ok) return resolved;
  const env = { PATH: host.env.PATH ?? "/usr/bin:/bin", HOME: host.home, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  try {
    const sandbox = await openSandbox({ cache_dir: join(host.home, ".cache", "moat", "bin") });
    const launch = sandbox.launch(["/bin/sh", "-c", SCRIPT], resolved.policy, repository, env);
    const { exit_code, output } = await run(
      {
        launch,
        cwd: repository,
        timeout_ms: null,
        capture_bytes: SHOWN_BYTES,
        on_output: () => null,
        now: () => performance.now(),
      },
      host.signal,
    );
    return exit_code === 0 ? { ok: true, text: output.text } : { ok: false, message: output.text.trim() };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { ok: false, message: error.message };
  }
}

/** The diff as a person reads it: every character shown, added and removed lines in colour. */
export function shownDiff(diff: string, style: Style): SafeText {
  const paint = (line: string): Printable => {
    if (/^(diff |index |--- |\+\+\+ |new file|deleted file)/.test(line)) return style.bold(line);
    if (line.startsWith("@@")) return style.cyan(line);
    if (line.startsWith("+")) return style.green(line);
    return line.startsWith("-") ? style.red(line) : line;
  };
  return SafeText.join(diff.replace(/\n$/, "").split("\n").map(paint), "\n");
}

/** `moat diff`: what changed since the last commit. To a pipe it is a patch that `git apply` takes. */
export const run: CommandRun = async ({ host }) => {
  const diff = await treeDiff(host, host.cwd);
  if (!diff.ok) {
    host.stderr(`moat: ${diff.message}\n`);
    return 1;
  }
  if (host.stdout_is_tty && diff.text !== "")
    host.stdout(safe`${shownDiff(diff.text, styleFor("auto", true, host.env))}\n`);
  else host.data(diff.text);
  return 0;
};
