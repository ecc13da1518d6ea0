// Layers of configuration, read back through the binary: which value is in force, and where it comes from.
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canGovern, GOVERNED_FILE, governed } from "./governed.ts";
import { type MoatRun, type TestWorld, world } from "./harness.ts";

/** A layer that can set keys; `set` does, and gives the flags that it takes. */
interface Layer {
  name: string;
  layer: "user" | "profile" | "project" | "flag";
  file(w: TestWorld): string | null;
  set(w: TestWorld, toml: string): string[];
}

const inHome = (name: string, layer: "user" | "profile", file: string, flags: string[]): Layer => ({
  name,
  layer,
  file: (w) => join(w.moat_home, file),
  set(w, toml) {
    mkdirSync(w.moat_home, { recursive: true });
    writeFileSync(join(w.moat_home, file), toml);
    return flags;
  },
});

const project = (file: string): Layer => ({
  name: file,
  layer: "project",
  file: (w) => w.project.path(file),
  set(w, toml) {
    w.project.write(file, toml);
    return ["--trust"];
  },
});

/** Weakest first. */
const layers: Layer[] = [
  inHome("the user's file", "user", "config.toml", []),
  inHome("a profile", "profile", "p.config.toml", ["-p", "p"]),
  project(".codex/config.toml"),
  project(".moat/config.toml"),
  project("sub/.codex/config.toml"),
  project("sub/.moat/config.toml"),
  {
    name: "-c",
    layer: "flag",
    file: () => null,
    set: (_w, toml) =>
      toml
        .trim()
        .split("\n")
        .flatMap((line) => ["-c", line]),
  },
];
/** One value for each layer, in the same order. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The rows of `config list --origin --json`, by key. */
async function list(w: TestWorld, flags: string[], options: MoatRun & { rules?: string } = {}) {
  mkdirSync(w.project.path("sub"), { recursive: true });
  const args = ["config", "list", "--all", "--origin", "--json", ...new Set(flags)];
  const place = { cwd: w.project.path("sub"), ...options };
  const ran = options.rules === undefined ? await w.moat(args, place) : await governed(w, options.rules, args, place);
  if (ran.exit !== 0) throw new Error(ran.stderr);
  const rows: { key: string; value: unknown; layer: string; file: string | null }[] = JSON.parse(ran.stdout);
  return new Map(rows.map(({ key, ...row }) => [key, row]));
}

const KEY = "model_reasoning_effort";
const line = (index: number) => `${KEY} = "${EFFORTS[index]}"\n`;

describe("one key in every layer: the strongest that sets it is in force", () => {
  for (const [index, layer] of layers.entries()) {
    test(`${layer.name}, alone and over all that are weaker`, async () => {
      const expected = { value: EFFORTS[index], layer: layer.layer };
      await using alone = await world([]);
      const own = layer.set(alone, line(index));
      expect((await list(alone, own)).get(KEY)).toEqual({ ...expected, file: layer.file(alone) });
      await using w = await world([]);
      const flags = layers.slice(0, index + 1).flatMap((one, i) => one.set(w, line(i)));
      expect((await list(w, flags)).get(KEY)).toEqual({ ...expected, file: layer.file(w) });
    });
  }

  test("every pair", async () => {
    for (const [weak, low] of layers.entries()) {
      for (const [strong, high] of layers.entries()) {
        if (strong <= weak) continue;
        await using w = await world([]);
        const flags = [...high.set(w, line(strong)), ...low.set(w, line(weak))];
        const { value, layer } = (await list(w, flags)).get(KEY) ?? {};
        expect([low.name, high.name, value, layer]).toEqual([low.name, high.name, EFFORTS[strong], high.layer]);
      }
    }
  });

  test("a variable is weaker than any file, a default weaker than all", async () => {
    await using w = await world([]);
    const env = { OPENAI_DEFAULT_MODEL: "from-env" };
    expect((await list(w, [], { env })).get("model")).toEqual({ value: "from-env", layer: "environment", file: null });
    w.config('model = "mine"\n');
    expect((await list(w, [], { env })).get("model")).toMatchObject({ value: "mine", layer: "user" });
    expect((await list(w, [])).get("tool_output_token_limit")).toEqual({ value: 10_000, layer: "default", file: null });
  });

  test("the last -c of a key wins; --ignore-user-config leaves the user's file out, not the profile", async () => {
    await using w = await world([]);
    expect((await list(w, [`-c${KEY}=low`, `-c${KEY}=high`])).get(KEY)?.value).toBe("high");
    const flags = layers.slice(0, 2).flatMap((one, i) => one.set(w, line(i)));
    expect((await list(w, [...flags, "--ignore-user-config"])).get(KEY)).toMatchObject({ value: EFFORTS[1] });
    expect((await list(w, ["--ignore-user-config"])).get(KEY)).toBeUndefined();
  });
});

test("tables are merged key by key, lists are replaced, lists under hooks are joined", async () => {
  await using w = await world([]);
  const hook = (command: string) => `[[hooks.Stop]]\nhooks = [{ type = "command", command = "${command}" }]\n`;
  w.config(`[shell_environment_policy]\nexclude = ["A"]\ninherit = "core"\n${hook("one")}`);
  w.project.write(".moat/config.toml", `[shell_environment_policy]\nexclude = ["B", "C"]\n${hook("two")}`);
  const rows = await list(w, ["--trust"]);
  expect(rows.get("shell_environment_policy.inherit")).toMatchObject({ value: "core", layer: "user" });
  expect(rows.get("shell_environment_policy.exclude")).toMatchObject({ value: ["B", "C"], layer: "project" });
  const commands = ((rows.get("hooks.Stop")?.value ?? []) as { hooks: { command: string }[] }[]).map(
    ({ hooks }) => hooks[0],
  );
  expect(commands).toMatchObject([{ command: "one" }, { command: "two" }]);
});

describe("what a project may not say does not count, whatever it is called", () => {
  test("without trust: the harmless keys only", async () => {
    await using w = await world([]);
    w.project.write(".moat/config.toml", `${line(4)}model_verbosity = "low"\nlog_dir = "/tmp"\n`);
    const rows = await list(w, []);
    expect(rows.get(KEY)).toBeUndefined();
    expect(rows.get("model_verbosity")).toMatchObject({ value: "low", layer: "project" });
    expect(rows.get("log_dir")).toBeUndefined();
  });

  test("with trust: everything but what is the user's own", async () => {
    await using w = await world([]);
    w.project.write(".moat/config.toml", `${line(4)}log_dir = "/tmp"\n`);
    const rows = await list(w, ["--trust"]);
    expect(rows.get(KEY)).toMatchObject({ value: EFFORTS[4], layer: "project" });
    expect(rows.get("log_dir")).toBeUndefined();
  });
});

describe.skipIf(!canGovern)("the administrator beats every layer", () => {
  const rules = 'allowed_sandbox_modes = ["read-only"]\n';
  const toml = 'sandbox_mode = "danger-full-access"\n';
  for (const layer of layers) {
    test(layer.name, async () => {
      await using w = await world([]);
      const flags = layer.set(w, toml);
      expect((await list(w, flags)).get("sandbox_mode")).toMatchObject({ value: "danger-full-access" });
      const ruled = { value: "read-only", layer: "requirements", file: GOVERNED_FILE };
      expect((await list(w, flags, { rules })).get("sandbox_mode")).toEqual(ruled);
    });
  }
});
