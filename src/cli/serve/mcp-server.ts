import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isWithin, USAGE } from "../../base/index.ts";
import { contextOf } from "../../core/index.ts";
import type { McpOpened, McpOpening, McpServerOptions } from "../../frontends/mcp-server/index.ts";
import type { OpenResult } from "../../open/index.ts";
import type { SettingsChange } from "../../protocol/index.ts";
import { findRollout, narrowerMode, narrowerPolicy, readThread } from "../../session/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { settled } from "../exec/threads.ts";
import { fail } from "../exits.ts";
import { openWithFlags, workingDirectory } from "../open-flags.ts";
import { findRepository } from "../patch/repository.ts";
import { inputLines } from "./input-lines.ts";
import { writeLine } from "./line.ts";

/** `moat mcp-server`: moat as tools of another agent, on standard input and output. */
export const run: CommandRun = async ({ flags, host }) => {
  if (host.stdin_is_tty)
    return fail(host, "moat mcp-server speaks MCP and is started by another program; see docs/mcp-server.md", USAGE);
  const root = workingDirectory(host, flags);
  if (!root.ok) return fail(host, root.message, root.exit);
  const { runMcpServer } = await import("../../frontends/mcp-server/index.ts");
  return runMcpServer(serverOptions(host, flags, root.cwd));
};

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function serverOptions(host: Host, flags: Flags, root: string): McpServerOptions {
  const work = new Work(host, flags, root);
  return {
    version: host.version,
    lines: inputLines(Bun.stdin.stream()),
    // What is asked there is approved or not: it is not changed.
    send: (message) => writeLine(host, message),
    open: (opening) => work.open(opening),
    resume: (thread_id) => work.resume(thread_id),
    signal: host.signal,
  };
}

/** Opens threads for callers. They are other programs, so that what the server was started with is the most that they get. */
class Work {
  readonly #host: Host;
  readonly #flags: Flags;
  readonly #root: string;

  constructor(host: Host, flags: Flags, root: string) {
    this.#host = host;
    this.#flags = flags;
    this.#root = root;
  }

  async open({ cwd: named, model, sandbox, approval_policy }: McpOpening): Promise<McpOpened> {
    const cwd = resolve(this.#root, named ?? ".");
    const refused = this.#whyNot(cwd);
    if (refused !== null) return { ok: false, message: refused };
    const opened = await this.#thread(cwd, {});
    if (!opened.ok) return opened;
    const { thread, warnings } = opened;
    const most = contextOf(thread.settings);
    const wider =
      (sandbox !== null && narrowerMode(most.sandbox_mode, sandbox) !== sandbox && `sandbox ${sandbox}`) ||
      (approval_policy !== null &&
        narrowerPolicy(most.approval_policy, approval_policy) !== approval_policy &&
        `approval policy ${approval_policy}`);
    if (wider) {
      thread.submit({ type: "shutdown" });
      const limits = `sandbox ${most.sandbox_mode}, approval policy ${most.approval_policy}`;
      return {
        ok: false,
        message: `${wider} is more than this server gives (${limits}); its flags -s and -a set that`,
      };
    }
    const changes: SettingsChange = {
      ...(model === null ? {} : { model }),
      ...(sandbox === null ? {} : { sandbox_mode: sandbox }),
      ...(approval_policy === null ? {} : { approval_policy }),
    };
    thread.submit({ type: "settings", changes });
    return { ok: true, thread, warnings };
  }

  /** A stored thread may have had more, from whoever began it: it goes on with no more than a new one would get. */
  async resume(thread_id: string): Promise<McpOpened> {
    const found = findRollout(this.#host.moat_home, thread_id);
    if (!found) return { ok: false, message: `there is no thread ${thread_id}` };
    const stored = settled(readThread(found.path));
    const refused = this.#whyNot(stored.cwd);
    if (refused !== null) return { ok: false, message: refused };
    const fresh = await this.#thread(stored.cwd, { ephemeral: true });
    if (!fresh.ok) return fresh;
    fresh.thread.submit({ type: "shutdown" });
    const opened = await this.#thread(stored.cwd, { resume: { path: found.path, stored } });
    if (!opened.ok) return opened;
    const [most, had] = [contextOf(fresh.thread.settings), contextOf(opened.thread.settings)];
    const changes: SettingsChange = {
      sandbox_mode: narrowerMode(most.sandbox_mode, had.sandbox_mode),
      approval_policy: narrowerPolicy(most.approval_policy, had.approval_policy),
    };
    opened.thread.submit({ type: "settings", changes });
    return opened;
  }

  #whyNot(cwd: string): string | null {
    if (!isDirectory(cwd)) return `${cwd}: there is no such directory`;
    // Where it really is: a link may lead anywhere.
    if (!isWithin(realpathSync(cwd), realpathSync(this.#root)))
      return `${cwd} is outside of ${this.#root}, where this server works; its flag -C names another directory`;
    if (this.#flags["skip-git-repo-check"] || findRepository(cwd) !== null) return null;
    return `${cwd} is not inside a git repository, and nothing but \`moat undo\` could take changes back; the server's flag --skip-git-repo-check works here all the same`;
  }

  async #thread(
    cwd: string,
    more: { ephemeral?: boolean; resume?: { path: string; stored: ReturnType<typeof readThread> } },
  ): Promise<OpenResult> {
    // The person who started the server trusted its folder or did not; a caller cannot.
    return openWithFlags(this.#host, { flags: this.#flags, cwd, attended: true, askTrust: async () => {}, ...more });
  }
}
