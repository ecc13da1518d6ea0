// What is protected and hidden in a home directory that commands may write, and in a workspace of its own: each place by name.
// `bun run goldens` writes the lists anew; a line that goes away opens something.
import { afterAll, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../testkit/golden.suite.ts";
import { tempProject } from "../testkit/index.ts";
import { cacheOf, privateCaches } from "./caches.ts";
import { type PolicyInput, resolvePolicy } from "./policy.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
/** What programs keep in a home directory or a project, one path a line; `/` at the end: a directory. */
const names = readFileSync(fixture("known-places.txt"), "utf8").trimEnd().split("\n");

/** A directory in which all of that is, or nothing. */
function home(full: boolean) {
  const files = names.map((name) => [name.endsWith("/") ? `${name}.kept` : name, ""]);
  return tempProject(full ? Object.fromEntries(files) : {});
}
const [full, bare, work] = [home(true), home(false), home(false)];
afterAll(() => {
  for (const one of [full, bare, work]) one.remove();
});

async function page(cwd: string, of: string, changes: Partial<PolicyInput> = {}): Promise<string> {
  const input: PolicyInput = {
    mode: "workspace-write",
    cwd,
    home: of,
    moat_home: join(of, ".moat"),
    tmpdir: null,
    writable_roots: [],
    network_access: false,
    exclude_slash_tmp: true,
    exclude_tmpdir_env_var: true,
    hidden_paths: [],
    ...changes,
  };
  const resolved = await resolvePolicy(input);
  if (!resolved.ok) return `refused: ${resolved.message}`;
  const { policy, notes } = resolved;
  const short = (text: string) => text.replaceAll(of, "~").replaceAll(cwd, ".").replaceAll(full.dir, "FULL");
  const list = (name: string, paths: string[]) => [`  ${name}:`, ...paths.map((path) => `    ${short(path)}`)];
  return [
    `  mode ${policy.mode}, net ${policy.net}, unix ${policy.unix}`,
    ...list("writable", policy.writable),
    // Their names are random, and so the order of what lies in different ones.
    ...list("protected", policy.protected.map(short).sort()),
    // They depend on the home directory alone.
    ...(cwd === of ? [...list("stand_ins", policy.stand_ins), ...list("hidden", policy.hidden)] : []),
    ...list("notes", notes),
  ].join("\n");
}

test("the places of a policy", async () => {
  const pages = [
    ["a home directory that is the workspace, with all there is", await page(full.dir, full.dir)],
    ["a home directory that is the workspace, with nothing in it", await page(bare.dir, bare.dir)],
    ["a project with all there is", await page(full.dir, bare.dir)],
    ["a project with nothing in it", await page(work.dir, bare.dir)],
    [
      "all there is, as a temporary directory",
      await page(work.dir, bare.dir, { tmpdir: full.dir, exclude_tmpdir_env_var: false }),
    ],
  ];
  const text = pages.map(([title, list]) => `${title}\n${list}\n`).join("");
  await expectGolden(fixture("places.txt"), text);
});

test("the caches that are moved, and those that a grant is for", async () => {
  const base = join(work.dir, "cache");
  const env = (network: "none" | "full") => {
    const { directory = "", env = {} } = privateCaches(base, `/w/${network}`, full.dir, network) ?? {};
    const lines = Object.entries(env).map(
      ([name, value]) => `  ${name}=${value.replace(directory, "CACHE").replace(full.dir, "~").replace(base, "BASE")}`,
    );
    return [`network ${network}`, ...lines].join("\n");
  };
  const grants = names.map(
    (name) => `  ${name}: ${cacheOf(join("/h", name, "x"), "/h")?.replace("/h/", "~/") ?? "none"}`,
  );
  await expectGolden(fixture("caches.txt"), [env("none"), env("full"), "grants", ...grants, ""].join("\n"));
});
