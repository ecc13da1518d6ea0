// The network as a union: none, hosts by name, all of it.
import { expect, test } from "bun:test";
import type { Network } from "../protocol/index.ts";
import { commandOf, inputOf, rules, short } from "./decide.suite.ts";
import { decide } from "./decide.ts";
import { bothNetworks, eitherNetwork, networkCovers } from "./network.ts";
import { AS_MODE } from "./permit.ts";
import { parseRules } from "./rules/parse.ts";
import { printRule } from "./rules/print.ts";

const hosts = (...names: string[]): Network => ({ hosts: names });
const ALL: Network[] = ["none", hosts("a"), hosts("b"), hosts("a", "b"), "full"];
const isSame = (a: Network, b: Network) => networkCovers(a, b) && networkCovers(b, a);

test("who gives more covers who gives less", () => {
  expect(ALL.map((given) => ALL.map((needed) => networkCovers(given, needed)))).toEqual([
    [true, false, false, false, false],
    [true, true, false, false, false],
    [true, false, true, false, false],
    [true, true, true, true, false],
    [true, true, true, true, true],
  ]);
});

test("either covers what each gives, both are covered by each, and nothing else comes in", () => {
  for (const a of ALL) {
    for (const b of ALL) {
      const [either, both] = [eitherNetwork(a, b), bothNetworks(a, b)];
      expect([a, b].map((one) => [networkCovers(either, one), networkCovers(one, both)])).toEqual([
        [true, true],
        [true, true],
      ]);
      for (const other of ALL) {
        if (networkCovers(other, a) && networkCovers(other, b)) expect(networkCovers(other, either)).toBe(true);
        if (networkCovers(a, other) && networkCovers(b, other)) expect(networkCovers(both, other)).toBe(true);
      }
    }
  }
  expect(isSame(bothNetworks(hosts("a"), hosts("b")), "none")).toBe(true);
});

test("hosts that were granted do not grant the rest of the network", () => {
  const wanted = commandOf("npm i", { want: "network", target: "a" });
  const granted = (network: Network) =>
    short(
      decide(
        inputOf(wanted, "on-request", "workspace-write", {
          session_grants: [{ effect: wanted, permit: { ...AS_MODE, network } }],
        }),
      ),
    );
  expect([granted(hosts("a")), granted("full")]).toEqual(["ask +network", "allow +network"]);
});

test("a rule that opens hosts gives those and no more, and is read as it is written", () => {
  const rule = { pattern: [["npm"]], decision: "allow" as const, sandboxed: true, justification: null, place: null };
  const opened = { ...rule, network: { hosts: ["a.example"] } };
  const asked = inputOf(commandOf("npm i"), "on-request", "workspace-write", { rules: rules(opened) });
  expect(decide(asked)).toMatchObject({
    type: "allow",
    permit: { sandboxed: true, network: { hosts: ["a.example"] } },
  });
  const text = printRule(opened);
  expect(text).toContain('network=["a.example"]');
  expect(parseRules(text, "f.rules")).toMatchObject({
    ok: true,
    rules: { prefix: [{ network: { hosts: ["a.example"] } }] },
  });
});
