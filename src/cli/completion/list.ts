import { readdirSync } from "node:fs";
import { FAILED } from "../../base/index.ts";
import { loadStore } from "../../session/index.ts";
import { load } from "../config/shared.ts";
import type { Host, Invocation } from "../contract.ts";
import type { Listed } from "../spec.ts";
import { titleOf } from "../threads/text.ts";

/** Threads that are offered; who wants an older one searches. */
const MOST_THREADS = 50;

/** A word, and what it is. */
type Row = [word: string, about: string];

/** `moat completion list WHAT`, which the scripts call: a word a line, behind a tab what it is. Nothing is asked of a server. */
export async function printList(what: Listed, invocation: Invocation): Promise<number> {
  const rows = await LISTS[what](invocation);
  if (rows === null) return FAILED;
  const line = ([word, about]: Row) => `${word}${about === "" ? "" : `\t${about.replace(/\s+/g, " ")}`}\n`;
  invocation.host.data(rows.map(line).join(""));
  return 0;
}

/** Whether there is a list of this name. */
export const isListed = (word: string | undefined): word is Listed => word !== undefined && Object.hasOwn(LISTS, word);

const LISTS: Record<Listed, (invocation: Invocation) => Promise<Row[] | null> | Row[]> = {
  threads: ({ host }) => threads(host),
  providers,
  models,
  keys: () => keys(""),
  settings: () => keys("="),
  profiles: ({ host }) => profiles(host),
  // There is none at the moment.
  features: () => [],
};

/** Those of this directory first, the last used before the others. */
async function threads(host: Host): Promise<Row[]> {
  const { listThreads } = await loadStore();
  const every = await listThreads(host.moat_home, {});
  const here = every.filter(({ cwd }) => cwd === host.cwd);
  const shown = [...here, ...every.filter(({ cwd }) => cwd !== host.cwd)].slice(0, MOST_THREADS);
  return shown.map((thread) => [thread.thread_id, titleOf(thread)]);
}

async function providers(invocation: Invocation): Promise<Row[] | null> {
  const loaded = await load(invocation);
  if (loaded === null) return null;
  const { PROVIDERS } = await import("../../model/index.ts");
  const own = Object.entries(loaded.config.model_providers).map(([id, { name }]): Row => [id, name ?? ""]);
  const known = Object.entries(PROVIDERS).map(([id, { name }]): Row => [id, name]);
  return [...own, ...known.filter(([id]) => !own.some(([other]) => other === id))];
}

async function models(invocation: Invocation): Promise<Row[] | null> {
  const loaded = await load(invocation);
  if (loaded === null) return null;
  const { knownModels } = await import("../../model/index.ts");
  const { catalogOf } = await import("../../open/index.ts");
  const own = await catalogOf(loaded, invocation.host);
  const configured = loaded.config.model === null ? [] : [loaded.config.model];
  const known = own.ok ? knownModels(own.overrides).map(({ id }) => id) : [];
  return [...new Set([...configured, ...known])].map((name) => [name, ""]);
}

/** Keys with a name that is chosen (`model_providers.NAME.…`) are left to whoever knows the name. */
async function keys(end: string): Promise<Row[]> {
  const { listKeys } = await import("../../config/show.ts");
  return listKeys()
    .filter(({ key }) => !key.split(".").includes("NAME"))
    .map(({ key, leaf }) => [`${key}${end}`, leaf.about]);
}

const PROFILE = /^(.+)\.config\.toml$/;

function profiles({ moat_home }: Host): Row[] {
  try {
    return readdirSync(moat_home).flatMap((name): Row[] => {
      const [, profile] = PROFILE.exec(name) ?? [];
      return profile === undefined ? [] : [[profile, ""]];
    });
  } catch {
    return [];
  }
}
