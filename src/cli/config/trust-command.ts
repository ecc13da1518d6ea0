import { resolve } from "node:path";
import { changeTrust, readTrust } from "../../config/editing.ts";
import { answerTrust, type TrustQuestion } from "../../config/index.ts";
import { loadDialogs } from "../../term/index.ts";
import type { CommandRun, Host, Invocation } from "../contract.ts";
import { trustLine, trustText } from "../trust-text.ts";
import { failConfig, load, wrongUsage } from "./shared.ts";

/** `moat config trust list|add [DIR]|remove [DIR]`. */
export const run: CommandRun = async (call) => {
  const [name, directory, ...more] = call.args;
  const { host } = call;
  if (more.length > 0) return wrongUsage(host, "trust takes one directory");
  const folder = resolve(host.cwd, directory ?? ".");
  if (name === "add") return add(call, folder);
  if (name === "remove") return remove(host, folder);
  if (name === "list" && directory === undefined) return list(call);
  return wrongUsage(host, "trust takes list, add [DIR] or remove [DIR]");
};

function list({ host, flags }: Invocation): number {
  const { folders, files, refused, problem } = readTrust(host.moat_home);
  if (problem !== null) return failConfig(host, `${problem.file}: ${problem.message}`);
  if (flags.json) host.json({ folders, files, refused }, 2);
  else {
    for (const [path, trust] of Object.entries(folders)) host.stdout(`${trust.padEnd(9)}  ${path}\n`);
    for (const [path, hash] of Object.entries(files)) host.stdout(`trusted    ${path}  sha256 ${hash.slice(0, 12)}\n`);
    for (const [path, hash] of Object.entries(refused))
      host.stdout(`refused    ${path}  sha256 ${hash.slice(0, 12)}\n`);
  }
  return 0;
}

/** Shows what is to be trusted, asks on a terminal, and remembers the answer. */
async function add(call: Invocation, folder: string): Promise<number> {
  const { host, flags } = call;
  const loaded = await load(call, folder);
  if (loaded === null) return 1;
  const { folder: root, folder_trust } = loaded.trust;
  // A folder that was refused is asked about again: that is what the user just said.
  const again = folder_trust === "untrusted";
  if (again) changeTrust(host.moat_home, { folders: { [root]: null } });
  const asked = again ? ((await load(call, folder))?.trust.question() ?? null) : loaded.trust.question();
  if (asked === null) {
    host.stderr(`${root} is trusted already, and so are its files\n`);
    return 0;
  }
  host.stdout(trustText(asked));
  const yes = flags.yes === true || (host.stdin_is_tty && host.stdout_is_tty && (await ask(asked)));
  if (!yes) {
    if (again) changeTrust(host.moat_home, { folders: { [root]: "untrusted" } });
    return failConfig(host, "nothing was trusted. Without a terminal, `--yes` says yes to what is shown above.");
  }
  answerTrust(host.moat_home, asked, "trust");
  host.stderr(`${root} is trusted${asked.files.length > 0 ? `, with ${asked.files.length} file(s) as shown` : ""}\n`);
  return 0;
}

async function ask(question: TrustQuestion): Promise<boolean> {
  const { inDialog, yesOrNo } = await loadDialogs();
  return (await inDialog((dialog) => yesOrNo(dialog, trustLine(question)))) === true;
}

function remove(host: Host, folder: string): number {
  const store = readTrust(host.moat_home);
  if (store.problem !== null) return failConfig(host, `${store.problem.file}: ${store.problem.message}`);
  const below = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const forget = (paths: Record<string, unknown>) =>
    Object.fromEntries(
      Object.keys(paths)
        .filter(below)
        .map((path) => [path, null]),
    );
  const change = { folders: forget(store.folders), files: forget(store.files), refused: forget(store.refused) };
  const count = Object.values(change).reduce((sum, part) => sum + Object.keys(part).length, 0);
  if (count === 0)
    return failConfig(
      host,
      `nothing at or below ${folder} was trusted or refused. \`moat config trust list\` shows what was.`,
    );
  changeTrust(host.moat_home, change);
  host.stderr(`${folder}: ${count} answer(s) forgotten\n`);
  return 0;
}
