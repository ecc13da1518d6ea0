import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createNamed, readNamed, USAGE } from "../../base/index.ts";
import { processText, type TurnContext } from "../../protocol/index.ts";
import { loadStore, type RolloutLine, readRollout, readThread } from "../../session/index.ts";
import { SafeText, safe, visibleLine } from "../../term/index.ts";
import type { CommandRun, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { openOutput } from "../named-output.ts";
import { sizeText } from "./size-text.ts";
import { ago, flagValue, printJson, requireThread, shortIds, styleOf, threadLines, titleOf } from "./text.ts";

/** Threads that a list shows without --limit. */
const LIMIT = 50;

function readLimit(flag: string | null): number | null {
  if (flag === null) return LIMIT;
  return /^[1-9]\d*$/.test(flag) ? Number(flag) : null;
}

/** `threads list [TEXT]`: of this directory, or all. */
export const listCommand: CommandRun = async ({ args, flags, host }) => {
  const limit = readLimit(flagValue(flags.limit));
  if (limit === null) return fail(host, `--limit ${flags.limit}: give a number of threads`, USAGE);
  const { filterThreads, listThreads } = await loadStore();
  const every = await listThreads(host.moat_home, { archived: "any" });
  const options = { archived: flags.archived === true, query: args[0] ?? "" };
  const fitting = filterThreads(every, options);
  const here = flags.all ? fitting : filterThreads(fitting, { ...options, cwd: host.cwd });
  const shown = here.slice(0, limit);
  if (flags.json) return printJson(host, flagValue(flags.limit) === null ? here : shown);
  host.stdout(threadLines(shown, shortIds(every), host, new Date()));
  host.stderr(listNotes(shown.length, here.length, fitting.length));
  return 0;
};

/** What a list leaves out, so that nobody thinks that it is all. */
function listNotes(shown: number, here: number, fitting: number): string {
  const more = here > shown ? [`${here - shown} more: --limit ${here}`] : [];
  const elsewhere = fitting > here ? [`${fitting - here} in other directories: --all`] : [];
  const notes = here === 0 && fitting === 0 ? ["no threads"] : [...more, ...elsewhere];
  return notes.map((note) => `${note}\n`).join("");
}

/** `threads search TEXT`: in what was said and run, everywhere. */
export const search: CommandRun = async ({ args, flags, host }) => {
  const limit = readLimit(flagValue(flags.limit));
  const [text = ""] = args;
  if (limit === null) return fail(host, `--limit ${flags.limit}: give a number of threads`, USAGE);
  if (text.trim() === "") return fail(host, "search needs a text", USAGE);
  const { listThreads, searchThreads } = await loadStore();
  const results = (await searchThreads(host.moat_home, text, { archived: flags.archived ? true : "any" })).slice(
    0,
    limit,
  );
  if (flags.json) return printJson(host, results);
  const style = styleOf(host);
  const ids = shortIds(await listThreads(host.moat_home, { archived: "any" }));
  for (const { thread, matches } of results) {
    host.stdout(threadLines([thread], ids, host, new Date()));
    for (const { who, snippet } of matches) host.stdout(safe`  ${style.dim(`${who}:`)} ${SafeText.prose(snippet)}\n`);
  }
  if (results.length === 0) host.stderr(`no thread has ${JSON.stringify(text)}\n`);
  return 0;
};

/** Largest file that is shown. */
const MAX_BYTES = 1024 ** 3;

/** `moat --view ROLLOUT`: a file of a thread, or the thread of an id or name, as it looked. */
export async function view(word: string, host: Host): Promise<number> {
  const file = resolve(host.cwd, word);
  const path = existsSync(file) ? file : (await requireThread(host, word))?.path;
  if (path === undefined) return 1;
  const source = await readNamed(path, MAX_BYTES, host.signal);
  if (!source.ok) return fail(host, `${word}: ${source.why}`, source.exit);
  const { lines } = readRollout(path, source.bytes);
  if (lines.length === 0)
    return fail(host, `${word} is no thread of moat; \`moat threads import\` reads those of the Codex CLI`);
  await printEvents(host, lines);
  return 0;
}

/** `threads show THREAD`: facts, then what happened as it looked. */
export const show: CommandRun = async ({ args, flags, host }) => {
  const thread = await requireThread(host, args[0] ?? "");
  if (!thread) return 1;
  const stored = readThread(thread.path);
  if (flags.json) return printJson(host, { ...thread, ...stored });
  const style = styleOf(host);
  const facts: [string, string][] = [
    ["thread", thread.thread_id],
    ["directory", thread.cwd],
    ["model", `${thread.model ?? "none yet"}${thread.model_provider ? ` (${thread.model_provider})` : ""}`],
    ["sandbox", modesText(stored.context)],
    ["started", thread.created_at],
    ["last used", `${thread.updated_at} (${ago(thread.updated_at, new Date())})`],
    ["turns", `${stored.turns}${stored.open_turn ? ", the last one was not finished" : ""}`],
    ["tokens", `${stored.usage.input_tokens} in, ${stored.usage.output_tokens} out`],
    ["forked from", stored.forked_from ?? ""],
    ["waits for", stored.pending_approval ? "an approval" : stored.pending_input ? "an answer" : ""],
    ["file", `${thread.path} (${sizeText(thread.bytes)})`],
  ];
  host.stdout(safe`${style.bold(titleOf(thread))}\n`);
  for (const [key, value] of facts) {
    if (value) host.stdout(safe`  ${style.dim(key.padEnd(11))} ${visibleLine(value)}\n`);
  }
  for (const { line, reason } of stored.damaged)
    host.stdout(safe`${style.yellow(`  damaged     line ${line}: ${reason}`)}\n`);
  await printEvents(host, readRollout(thread.path).lines);
  return 0;
};

/** The widest that there are: what a file that does not say its modes leaves room for. */
const WIDEST = { sandbox_mode: "danger-full-access", approval_policy: "never" };

/** What a thread goes on with. */
function modesText(context: TurnContext | null): string {
  if (context === null) return "";
  const { untold = {}, after_plan } = context;
  const said = (key: keyof typeof WIDEST) => {
    const most = untold[key];
    if (most === undefined) return (after_plan ?? context)[key];
    return most === WIDEST[key] ? "as you configured it" : `as you configured it, at most ${most}`;
  };
  const modes = `${said("sandbox_mode")}, approvals ${said("approval_policy")}`;
  return after_plan === undefined ? modes : `plan mode (then ${modes})`;
}

async function printEvents(host: Host, lines: RolloutLine[]): Promise<void> {
  const { LinePrinter } = await import("../../view/index.ts");
  const style = styleOf(host);
  const printer = new LinePrinter({ style, stream: true, said: true });
  for (const line of lines) {
    if (line.type === "thread.named") continue;
    host.stdout(printer.print(line));
    if (line.type !== "item.completed" || line.item.type !== "command_execution") continue;
    const { process } = line.item;
    if (process !== undefined) host.stdout(safe`${style.dim(`  ${processText(process)}`)}\n`);
  }
}

const FORMATS = ["md", "html", "jsonl"] as const;
type Format = (typeof FORMATS)[number];

/** The format that is asked for, or that the file's name says; Markdown else. */
function formatOf(flag: string | null, file: string | null): Format | null {
  const wanted = flag?.toLowerCase();
  if (wanted !== undefined) return wanted === "markdown" ? "md" : (FORMATS.find((format) => format === wanted) ?? null);
  return FORMATS.find((format) => file?.endsWith(`.${format}`)) ?? "md";
}

/** `threads export THREAD`: as Markdown, HTML, or JSON Lines with everything in them. */
export const exportThread: CommandRun = async ({ args, flags, host }) => {
  const file = flagValue(flags.output);
  const format = formatOf(flags.json ? "jsonl" : flagValue(flags.format), file);
  if (format === null) return fail(host, `--format ${flags.format}: use markdown, html or jsonl`, USAGE);
  const thread = await requireThread(host, args[0] ?? "");
  if (!thread) return 1;
  const text = await exported(thread.path, format);
  if (file === null) host.data(text);
  else {
    // A thread may hold anything that was on the screen: not for others to read.
    const made = await openOutput("-o", file, host);
    if (!made.ok) return fail(host, made.message, made.exit);
    made.file.write(text);
  }
  return 0;
};

/** Writes the thread of a rollout into a file, in the form that its name's end says; a sentence of what became of it. */
export async function exportTo(path: string, name: string, host: Host): Promise<string> {
  const made = await createNamed(resolve(host.cwd, name), 0o600, host.signal);
  if (!made.ok) return `${name}: ${made.why}`;
  made.file.write(await exported(path, formatOf(null, name) ?? "md"));
  const problem = await made.file.close();
  return problem === null ? `wrote ${name}` : `${name} is not complete: ${problem}`;
}

async function exported(path: string, format: Format): Promise<string> {
  if (format === "jsonl") {
    return readRollout(path)
      .lines.map((line) => `${JSON.stringify(line)}\n`)
      .join("");
  }
  const { readTranscript, toHtml, toMarkdown } = await loadStore();
  const transcript = readTranscript(path);
  return format === "html" ? toHtml(transcript) : toMarkdown(transcript);
}
