import { FAILED, USAGE } from "../../base/index.ts";
import type { PromptPart, PromptPreview } from "../../core/index.ts";
import { previewPrompt } from "../../core/index.ts";
import type { ThreadFacts } from "../../open/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { openWithFlags, workingDirectory } from "../open-flags.ts";

/**
 * `moat debug prompt-input [PROMPT] [--json]`: what the model would get as the first request of a thread that a person starts
 * here, part by part, with what each costs. No request is sent, no program is run, nothing is kept.
 */
export const run: CommandRun = async ({ args, rest, flags, host }) => {
  const [prompt, ...more] = [...args, ...rest];
  if (more.length > 0) return fail(host, "one prompt is enough; put it in quotes", USAGE);
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return fail(host, directory.message, directory.exit);
  const opened = await openWithFlags(host, {
    flags: threadFlags(flags),
    cwd: directory.cwd,
    attended: true,
    // Nobody is asked here, but what a trusted folder gives a person counts.
    askTrust: async () => {},
    ephemeral: true,
  });
  if (!opened.ok) return fail(host, opened.message, opened.exit);
  for (const warning of opened.warnings) host.stderr(`moat: ${warning}\n`);
  const preview = await previewPrompt(
    opened.thread.parts,
    prompt === undefined ? [] : [{ type: "text", text: prompt }],
  );
  if (flags.json) host.json(await record(preview, opened.facts), 2);
  else host.stdout(text(preview, opened.facts));
  return 0;
};

/** `--add-dir` is the other name of `--write` in this command. */
function threadFlags({ write, ...flags }: Flags): Flags {
  return write === undefined ? flags : { ...flags, "add-dir": write };
}

function fail(host: Host, message: string, exit = FAILED): number {
  host.stderr(`moat debug prompt-input: ${message}\n`);
  return exit;
}

/** The same as JSON; `request` is the body as it would stand on the provider's wire. */
async function record({ request, parts, tokens, window, limit }: PromptPreview, facts: ThreadFacts) {
  const { wireBody } = await import("../../model/index.ts");
  const { provider, instructions } = facts;
  return {
    model: request.model,
    provider: provider.id,
    wire_api: provider.wire_api,
    base_url: provider.base_url,
    tokens,
    window,
    limit,
    files: instructions.map(({ text, ...file }) => file),
    parts,
    request: await wireBody(provider, request),
  };
}

const number = (value: number) => value.toLocaleString("en-US");
const title = ({ part, name }: PromptPart) => (part === "input" ? name : part === "tool" ? `tool ${name}` : name);

function text(
  { request, parts, tokens, window, limit }: PromptPreview,
  { provider, instructions }: ThreadFacts,
): string {
  const bodies = parts.map(
    (part) => `──── ${title(part)} · ${number(part.bytes)} bytes · ~${number(part.tokens)} tokens\n${part.text}\n`,
  );
  const files = instructions.map(({ file, bytes, dropped }) => {
    const cut = dropped > 0 ? `, ${number(dropped)} more were cut` : "";
    return `  ${file}: ${number(bytes)} bytes${cut}\n`;
  });
  const width = Math.max(...parts.map((part) => title(part).length));
  const rows = parts.map(
    (part) =>
      `  ${title(part).padEnd(width)}  ${number(part.bytes).padStart(9)} bytes  ~${number(part.tokens).padStart(7)} tokens\n`,
  );
  const room = window === null ? "" : ` of ${number(window)}`;
  const compacts = limit === null ? "" : `; compacted above ${number(limit)}`;
  return [
    ...bodies,
    `──── ${request.model} · ${provider.id} (${provider.wire_api}, ${provider.base_url})\n`,
    ...rows,
    `  in all ~${number(tokens)}${room} tokens${compacts}\n`,
    ...(files.length > 0 ? ["project instructions come from\n", ...files] : []),
  ].join("");
}
