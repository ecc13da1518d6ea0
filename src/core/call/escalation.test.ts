import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import type { Effect, Escalation } from "../../protocol/index.ts";
import type { SandboxPolicy } from "../../sandbox/index.ts";
import { tempProject } from "../../testkit/index.ts";
import type { ConfinedThread } from "./confinement.ts";
import { askedWithin, checkEscalation } from "./escalation.ts";

const space = tempProject({ "home/notes/a": "", "work/src/a": "", "work/file": "", "out/sub/a": "" });
afterAll(() => space.remove());
symlinkSync(space.path("out"), space.path("work/link"));
mkdirSync(space.path("work/.git"));

const work = space.path("work");
const POLICY: SandboxPolicy = {
  mode: "workspace-write",
  writable: [work],
  protected: [space.path("work/.git")],
  stand_ins: [],
  own: [],
  hidden: [],
  net: "none",
  unix: "masked",
  require: [],
};
const state = (places = new Map<string, string>()) =>
  ({
    permissions: { places },
    settings: { cwd: work, shell_environment_policy: { set: {} } },
    services: { home: space.path("home"), env: {} },
  }) as unknown as ConfinedThread;

const command = (escalation: Partial<Escalation> | null, cwd = work): Effect => ({
  kind: "command",
  argv: ["true"],
  command: "true",
  cwd,
  escalation: escalation && { want: "write", target: null, justification: "j", prefix_rule: null, ...escalation },
});

/** What is asked for in the end: null, nothing; or why it cannot be. */
function asked(effect: Effect, policy: Partial<SandboxPolicy> = {}) {
  const checked = checkEscalation(state(), effect, { ...POLICY, ...policy }, true);
  if (!checked.ok) return checked.message;
  return checked.effect.kind === "command" ? checked.effect.escalation : checked.effect;
}
const write = (target: string, cwd = work) => asked(command({ target }, cwd));

describe("what a model asks for", () => {
  test("is nothing in most calls", () => {
    expect(asked(command(null))).toBeNull();
    const patch: Effect = { kind: "patch", changes: [], cwd: work };
    expect(asked(patch)).toEqual(patch);
  });

  test("is not asked where there is no sandbox, or the network is open", () => {
    for (const mode of ["danger-full-access", "external"] as const)
      expect(asked(command({ target: "/proc/nowhere" }), { mode })).toMatchObject({ target: "/proc/nowhere" });
    expect(asked(command({ want: "network" }), { net: "full" })).toBeNull();
    expect(asked(command({ want: "network" }))).toMatchObject({ want: "network" });
    expect(asked(command({ want: "full" }), { net: "full" })).toMatchObject({ want: "full" });
  });

  test("is the directory as it really is, from where the command runs or from home", () => {
    expect(write(space.path("out"))).toMatchObject({ target: space.path("out"), justification: "j" });
    expect(write("link/sub")).toMatchObject({ target: space.path("out/sub") });
    expect(write("../out", work)).toMatchObject({ target: space.path("out") });
    expect(write("sub", space.path("out"))).toMatchObject({ target: space.path("out/sub") });
    expect(write("~/notes")).toMatchObject({ target: space.path("home/notes") });
  });

  test("is not asked where it may be written, but in a protected place", () => {
    expect([write("src"), write("."), write(work)]).toEqual([null, null, null]);
    expect(write(".git")).toMatchObject({ target: space.path("work/.git") });
    expect(write(`${work}er`)).toContain("no directory that exists");
  });

  test("cannot be everything, nor what is no directory", () => {
    expect(write("/")).toBe(
      "not run: with_write cannot open /: that is everything; name the directories that are meant",
    );
    expect(write("../../../../../../../../..")).toContain("that is everything");
    for (const target of ["file", "none", "~/none", "~", "~other", "src/a"])
      expect(write(target)).toBe(
        `not run: with_write cannot open ${target}: it is no directory that exists; name the directory that holds it`,
      );
  });
});

test("a directory is held to its place from the first question on", () => {
  const thread = state();
  expect(checkEscalation(thread, command({ target: space.path("out") }), POLICY, true).ok).toBe(true);
  expect([...thread.permissions.places]).toEqual([[space.path("out"), space.path("out")]]);
});

test("where single hosts cannot be opened, the whole network is asked for, or no sandbox", () => {
  const needs = (sockets: string[]) => command({ want: "needs", needs: { hosts: ["a.example"], sockets, read: [] } });
  const wanted = (effect: Effect) => (effect.kind === "command" ? effect.escalation : null);
  expect(wanted(askedWithin(needs([]), "ns"))).toMatchObject({ want: "needs", needs: { hosts: ["a.example"] } });
  expect(wanted(askedWithin(needs([]), "landlock"))).toEqual({
    want: "network",
    target: null,
    justification: "j",
    prefix_rule: null,
  });
  expect(wanted(askedWithin(needs(["/s"]), "landlock"))).toMatchObject({ want: "full" });
});
