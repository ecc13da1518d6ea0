// Rules of the administrator inside a thread: neither an op nor an answer gets around them.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { Op } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage } from "../harness.suite.ts";
import type { AdministratorRules, ThreadSettings } from "../index.ts";

const rules: AdministratorRules = {
  restrict: ({ sandbox_mode, approval_policy }) => ({
    sandbox_mode: sandbox_mode === "danger-full-access" ? "read-only" : sandbox_mode,
    approval_policy,
    notes: sandbox_mode === "danger-full-access" ? ["full access is not allowed here: rule R"] : [],
  }),
  no_network: null,
};
const turn = (overrides = {}): Op => ({ type: "user_turn", input: [{ type: "text", text: "go" }], overrides });
const command = (cmd: string, more: object = {}) => respond(call("exec_command", { cmd, login: false, ...more }));

test("what a turn asks for beyond them is said and not done", async () => {
  using set = await stage([command("touch made"), respond(say("done"))], { services: { administrator: rules } });
  const overrides = { sandbox_mode: "danger-full-access", approval_policy: "never" };
  const { events } = await play(set, [turn(overrides)], () => null);
  const started = events.find(({ type }) => type === "turn.started");
  expect(started).toMatchObject({ context: { sandbox_mode: "read-only", approval_policy: "never" } });
  const message = "full access is not allowed here: rule R";
  expect(events.map((event) => (event.type === "item.completed" ? event.item : null))).toContainEqual(
    expect.objectContaining({ type: "error", message }),
  );
  expect(existsSync(set.project.path("made"))).toBe(false);
});

test("where no command may have the network, nobody is asked for it, and no rule of the user gives it", async () => {
  const no_network = "no command may reach the network: rule N";
  const outside = { sandbox_permissions: "require_escalated", justification: "may I?" };
  const rules_of_user: ThreadSettings["rules"] = {
    prefix: [{ pattern: [["touch"]], decision: "allow", sandboxed: false, justification: null, place: null }],
  };
  for (const settings of [{}, { rules: rules_of_user }]) {
    using set = await stage([command("touch made", outside), respond(say("done"))], {
      services: { administrator: { ...rules, no_network } },
      settings,
    });
    const { asked, outputs } = await play(set, [turn()], () => ({ type: "approved" }));
    expect(asked).toEqual([]);
    expect([...outputs.values()]).toEqual([`not run: ${no_network}`]);
    expect(existsSync(set.project.path("made"))).toBe(false);
  }
});

test("where no command may have the network, one that only wants that is refused, and others run", async () => {
  const no_network = "no command may reach the network: rule N";
  const online = { sandbox_permissions: "with_network", justification: "may I?" };
  using set = await stage(
    [
      respond(call("exec_command", { cmd: "touch one", login: false, ...online }, "a")),
      command("touch two"),
      respond(say("done")),
    ],
    { services: { administrator: { ...rules, no_network } } },
  );
  const { asked, outputs } = await play(set, [turn()], () => ({ type: "approved" }));
  expect([asked, outputs.get("a")]).toEqual([[], `not run: ${no_network}`]);
  expect(["one", "two"].map((name) => existsSync(set.project.path(name)))).toEqual([false, true]);
});
