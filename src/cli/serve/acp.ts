import { statSync } from "node:fs";
import { USAGE } from "../../base/index.ts";
import type { AcpOptions, SessionStore } from "../../frontends/acp/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { openWithFlags } from "../open-flags.ts";
import { findRepository } from "../patch/repository.ts";
import { editorServers } from "./editor-servers.ts";
import { inputLines } from "./input-lines.ts";
import { writeLine } from "./line.ts";

/** `moat acp`: an editor on standard input and output. `moat acp login` is what editors start to let a person log in. */
export const run: CommandRun = async (invocation) => {
  const { args, flags, host } = invocation;
  if (args[0] === "login") return (await import("../config/login.ts")).run({ ...invocation, args: args.slice(1) });
  if (args.length > 0) return fail(host, "moat acp takes no prompt: the editor sends it", USAGE);
  if (host.stdin_is_tty)
    return fail(host, "moat acp speaks the Agent Client Protocol and is started by an editor; see docs/acp.md", USAGE);
  const { runAcp } = await import("../../frontends/acp/index.ts");
  return runAcp(acpOptions(host, flags));
};

function acpOptions(host: Host, flags: Flags): AcpOptions {
  return {
    version: host.version,
    lines: inputLines(Bun.stdin.stream()),
    // What is asked there is approved or not: it is not changed.
    send: (message) => writeLine(host, message),
    store: sessionStore(host),
    async open({ cwd, add_dirs, resume, servers, open_files }) {
      if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
        return { ok: false, message: `${cwd}: there is no such directory`, auth: false };
      const stored = resume === null ? null : await storedThread(host, resume);
      const given = editorServers(servers);
      const dirs = [...(Array.isArray(flags["add-dir"]) ? flags["add-dir"] : []), ...add_dirs];
      const opened = await openWithFlags(host, {
        flags: { ...flags, "add-dir": dirs },
        cwd,
        attended: true,
        resume: stored,
        preset: given.settings,
        open_files,
        // An editor can only be told: what is not trusted is not used.
        askTrust: async () => {},
      });
      const unversioned =
        findRepository(cwd) === null
          ? [`${cwd} is not inside a git repository: nothing but /undo takes changes back`]
          : [];
      if (opened.ok) return { ...opened, warnings: [...unversioned, ...given.left_out, ...opened.warnings] };
      const { message, no_key = false, nothing_configured = false } = opened;
      return { ok: false, message, auth: no_key || nothing_configured };
    },
    async missingKey() {
      const { findInsight } = await import("../doctor/insight.ts");
      const found = await findInsight(host, flags);
      return found.ok ? null : found.message;
    },
    async models(cwd, signal) {
      const { modelRows } = await import("../talk/lists.ts");
      const listed = await modelRows({ ...host, cwd }, flags, signal);
      return listed.ok ? listed.rows.map(({ id, description }) => ({ id, description: String(description) })) : [];
    },
    signal: host.signal,
  };
}

async function storedThread(host: Host, thread_id: string) {
  const [{ findRollout, readThread }, { settled }] = await Promise.all([
    import("../../session/index.ts"),
    import("../exec/threads.ts"),
  ]);
  const found = findRollout(host.moat_home, thread_id);
  return found && { path: found.path, stored: settled(readThread(found.path)) };
}

function sessionStore({ moat_home }: Host): SessionStore {
  const all = async (cwd?: string) => {
    const [{ loadStore }, { titleOf }] = await Promise.all([
      import("../../session/index.ts"),
      import("../threads/text.ts"),
    ]);
    const threads = await (await loadStore()).listThreads(moat_home, cwd === undefined ? {} : { cwd });
    return threads.map((thread) => ({ ...thread, title: titleOf(thread) }));
  };
  const find = async (thread_id: string) => (await all()).find((thread) => thread.thread_id === thread_id) ?? null;
  return {
    list: (cwd) => all(cwd ?? undefined),
    find,
    async delete(thread_id) {
      const { loadStore } = await import("../../session/index.ts");
      const found = await find(thread_id);
      if (found) (await loadStore()).deleteThread(moat_home, found.path);
    },
  };
}
