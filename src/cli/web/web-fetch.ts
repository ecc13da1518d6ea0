import { USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";
import { fail } from "../exits.ts";
import { pageText } from "./page-text.ts";
import { pageUrl, readPage } from "./read-page.ts";

/** `web_fetch URL`, as it stands on the PATH of commands: what the tool of that name runs in the sandbox. */
export const run: CommandRun = async ({ args, host }) => {
  const [address, more] = args;
  if (address === undefined || more !== undefined) return fail(host, "usage: web_fetch URL", USAGE);
  const named = pageUrl(address);
  if (!named.ok) return fail(host, named.message);
  const { env, signal, version } = host;
  const read = await readPage(named.url, { env, signal, user_agent: `moat/${version}` });
  if (!read.ok) return fail(host, read.message);
  const text = await pageText(read.page);
  if (!text.ok) return fail(host, text.message);
  host.data(text.text);
  return read.page.status >= 400 ? 1 : 0;
};
