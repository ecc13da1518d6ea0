// What programs do among the command's own processes: become another user, signal, trace.
import { afterAll, describe, expect, test } from "bun:test";
import { makeBase, makeWorkspace, policyFor, remove, run, sh, tierHere } from "./harness.suite.ts";
import type { ConfiningTier } from "./launch/probe.ts";

const base = makeBase();
afterAll(() => remove(base));
const TIERS: ConfiningTier[] = ["ns", "ns-only", "landlock"];
const found = new Map(await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const)));
const root = process.getuid?.() === 0;

/** Runs a script where `tier` is offered: its two streams and code. */
async function inside(tier: ConfiningTier, script: string): Promise<string> {
  const box = found.get(tier);
  if (!box) throw new Error(`no tier ${tier} here`);
  const place = makeWorkspace(base).inside;
  const ended = await run(box, sh(script), policyFor(place), place, "separate");
  return `${ended.stdout}${ended.stderr}${ended.exit}`;
}
const lacks = (tier: ConfiningTier) => !found.get(tier);

describe("another user", () => {
  for (const tier of TIERS) {
    test.skipIf(lacks(tier))(`the audit system answers as one that was not built in (${tier})`, async () => {
      const script = `python3 -c 'import socket, errno
try: socket.socket(16, 3, 9)
except OSError as e: print(errno.errorcode[e.errno])'`;
      expect(await inside(tier, script)).toBe("EPROTONOSUPPORT\n0");
    });
  }

  test.skipIf(lacks("ns") || !root || !Bun.which("su"))("root becomes one by su", async () => {
    expect(await inside("ns", "su -s /bin/sh nobody -c 'id -u'")).toBe("65534\n0");
  });
});

describe("signals", () => {
  test.skipIf(lacks("ns") || !root)("root ends a child that became another user", async () => {
    const script = `mkfifo f; exec 3<>f
setpriv --reuid=65534 --clear-groups sh -c 'echo >&3; exec sleep 600' &
read x <&3; kill -9 $! && wait $!; echo $?`;
    expect(await inside("ns", script)).toMatch(/^(?:Killed\n)?137\n(?:.*Killed\n)?0$/);
  });

  test.skipIf(lacks("ns"))("process 1 goes on, whatever it is sent", async () => {
    expect(await inside("ns", "for s in KILL TERM STOP; do kill -$s 1 2>/dev/null; done; echo alive")).toBe("alive\n0");
  });
});
