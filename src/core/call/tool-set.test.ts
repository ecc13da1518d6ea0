// Tools that a thread has of its own: what they are offered as, and what a call may do while it runs and after it.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { LiveProcess } from "../../process/index.ts";
import type { CommandExecution, Decision, Event, SandboxMode } from "../../protocol/index.ts";
import { call, respond, say, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";
import { said, setOf, shown, tool } from "./tools.suite.ts";

const items = (events: Event[]) =>
  events.flatMap((event) => (event.type.startsWith("item.") && "item" in event ? [[event.type, event.item]] : []));

test("a thread offers its own tools, and finds those of a server by its name", async () => {
  const tools = setOf({
    here: tool("here", async () => said("mine")),
    "docs.search": tool("search", async (args) => said(`found ${args}`)),
  });
  const named = (name: string, namespace: string, id: string) => ({ ...call(name, {}, id), namespace });
  using set = await stage(
    [respond(named("search", "docs", "a"), call("here", {}, "b"), named("search", "other", "c")), respond(say("done"))],
    { services: { tools } },
  );
  const { outputs } = await play(set, [turnOf("go")], () => null);
  expect(set.server.requests[0]?.body).toMatchObject({ tools: [{ name: "here" }, { name: "search" }] });
  expect(Object.fromEntries(outputs)).toEqual({ a: "found {}", b: "mine", c: "unsupported call: other.search" });
});

test("a call updates its item while it runs", async () => {
  const tools = setOf({
    work: tool("work", async (_args, context) => {
      for (const text of ["half", "more"]) context.update(shown(text, "in_progress"));
      return said("ok", { item: shown("all", "completed", 0) });
    }),
  });
  using set = await stage([respond(call("work", {}, "c")), respond(say("done"))], { services: { tools } });
  const { events } = await play(set, [turnOf("go")], () => null);
  expect(items(events).slice(0, 4)).toEqual([
    ["item.started", { id: "item_0", ...shown("", "in_progress") }],
    ["item.updated", { id: "item_0", ...shown("half", "in_progress") }],
    ["item.updated", { id: "item_0", ...shown("more", "in_progress") }],
    ["item.completed", { id: "item_0", ...shown("all", "completed", 0) }],
  ]);
});

test("a call knows where it may write, and what is hidden, in each mode", async () => {
  const told = tool("told", async (_args, { writable, hidden }) =>
    said(JSON.stringify({ ...writable, hidden: hidden.length > 0 })),
  );
  const world = async (sandbox_mode: SandboxMode) => {
    using set = await stage([respond(call("told", {}, "c")), respond(say("done"))], {
      services: { tools: setOf({ told }) },
      settings: { sandbox_mode },
    });
    const { outputs } = await play(set, [turnOf("go")], () => null);
    const { roots, protected: closed, hidden } = JSON.parse(outputs.get("c") ?? "");
    const own = (paths: string[]) =>
      paths.filter((path) => path === "/" || path === set.project.dir || path === set.project.path(".git"));
    return [own(roots), own(closed), hidden].map((list) => JSON.stringify(list).replaceAll(set.project.dir, "P"));
  };
  expect(await world("workspace-write")).toEqual(['["P"]', '["P/.git"]', "true"]);
  expect(await world("read-only")).toEqual(["[]", "[]", "true"]);
  expect(await world("danger-full-access")).toEqual(['["/"]', "[]", "false"]);
  expect(await world("external")).toEqual(['["/"]', "[]", "false"]);
});

test("a call knows where patches are kept, and what time it is", async () => {
  const told = tool("told", async (_args, { state_dir, now }) => said(`${state_dir} ${now()}`));
  using set = await stage([respond(call("told", {}, "c")), respond(say("done"))], {
    services: { tools: setOf({ told }), now: () => 7 },
  });
  const { outputs } = await play(set, [turnOf("go")], () => null);
  expect(outputs.get("c")).toBe(`${set.home.path(".moat/journal")} 7`);
});

test("a call that comes to nothing does not keep its neighbours from running at once", async () => {
  const other = Promise.withResolvers<void>();
  const tools = setOf({
    first: tool("first", async () => other.promise.then(() => said("after the second")), { parallel: true }),
    second: tool("second", async () => said(`ran${other.resolve() ?? ""}`), { parallel: true }),
  });
  using set = await stage(
    [respond(call("first", {}, "a"), call("none", {}, "b"), call("second", {}, "c")), respond(say("done"))],
    {
      services: { tools },
    },
  );
  const { outputs } = await play(set, [turnOf("go")], () => null);
  expect(outputs.get("a")).toBe("after the second");
});

describe("a call asks while it runs", () => {
  /** Wants to write outside, and says what it got. */
  const asking = (path: string, argv = ["touch", path]) =>
    setOf({
      work: tool("work", async (_args, context) => {
        const { cwd } = context;
        const target = path.slice(0, path.lastIndexOf("/"));
        const escalation = { want: "write" as const, target, justification: "for the log", prefix_rule: null };
        const asked = await context.ask({ kind: "command", argv, command: argv.join(" "), cwd, escalation });
        if (!asked.ok) return said(asked.message);
        const { exit_code } = await asked.run({ argv, cwd, timeout_ms: null });
        const inside = await context.run({ argv: ["touch", `${path}.own`], cwd, timeout_ms: null });
        return said(`exit ${exit_code}, own ${inside.exit_code === 0 ? "too" : "not"}`);
      }),
    });
  const asked = async (out: { path(name: string): string }, decision: Decision) => {
    using one = await stage([respond(call("work", {}, "c")), respond(say("done"))], {
      services: { tools: asking(out.path("log")) },
    });
    return await play(one, [turnOf("go")], () => decision);
  };

  test("a yes gives just that, and the call itself no more than it had", async () => {
    using out = tempProject();
    const played = await asked(out, { type: "approved" });
    expect(played.asked).toMatchObject([
      { call_id: "c:ask:1", justification: "for the log", opens: { write: [out.dir], network: false } },
    ]);
    expect(played.asked[0]?.choices.map(({ decision }) => decision)).not.toContain("edited");
    expect(played.outputs.get("c")).toBe("exit 0, own not");
    expect([existsSync(out.path("log")), existsSync(out.path("log.own"))]).toEqual([true, false]);
  });

  test("a no, and another command in its place, do nothing", async () => {
    using out = tempProject();
    const no = await asked(out, { type: "denied", reason: "not there" });
    expect(no.outputs.get("c")).toBe("not run: the user said no; the reason: not there");
    const edit = await asked(out, { type: "edited", command: "true" });
    expect(edit.outputs.get("c")).toStartWith("not run: ");
    expect(existsSync(out.path("log"))).toBe(false);
  });
});

describe("what outlives its call", () => {
  /** Starts a program that repeats what it is told, and talks to it in later calls. */
  function repeater(script: string) {
    const state: { program: LiveProcess | null; text: string; heard: () => void } = {
      program: null,
      text: "",
      heard: () => {},
    };
    const until = async (wanted: string) => {
      while (!state.text.includes(wanted)) {
        await new Promise<void>((resolve) => {
          state.heard = resolve;
        });
      }
    };
    const open = tool(
      "open",
      async (_args, context) => {
        const started = await context.start({
          argv: ["/bin/bash", "-c", script],
          cwd: context.cwd,
          io: "pipes",
          on_output(bytes) {
            state.text += new TextDecoder().decode(bytes);
            context.update(shown(state.text, "in_progress"));
            state.heard();
            return null;
          },
        });
        if (!started.ok) return said(started.message, { status: "failed" });
        state.program = started.process;
        started.process.ended.then(({ exit_code }) => context.complete(shown(state.text, "completed", exit_code)));
        await until("up");
        return said("open", { status: "in_progress", item: shown(state.text, "in_progress") });
      },
      { item_lasts: "thread" },
    );
    const tell = tool("tell", async (args) => {
      const { word } = JSON.parse(args);
      await state.program?.write(`${word}\n`);
      await until(word);
      return said(state.text);
    });
    const wait = tool("wait", async () => {
      await state.program?.ended;
      return said("ended");
    });
    return { state, tools: setOf({ open, tell, wait }) };
  }
  const ECHO = "echo up; while read -r line; do echo $line; done";
  const script = [
    respond(call("open", {}, "a")),
    respond(say("opened")),
    respond(call("tell", { word: "one" }, "b")),
    respond(say("done")),
  ] as const;

  test("runs on between turns, and its item with it; the end of the thread ends both", async () => {
    const { state, tools } = repeater(ECHO);
    using set = await stage([...script], { services: { tools } });
    const { events, outputs } = await play(set, [turnOf("open it"), turnOf("tell it")], () => null);
    expect(outputs.get("b")).toBe("up\none\n");
    const own = items(events).filter(([, item]) => (item as { id: string }).id === "item_0");
    expect(own.map(([type, item]) => [type, (item as CommandExecution).aggregated_output])).toEqual([
      ["item.started", ""],
      ["item.updated", "up\n"],
      ["item.updated", "up\n"],
      ["item.updated", "up\none\n"],
      ["item.completed", "up\none\n"],
    ]);
    expect(await state.program?.ended).toEqual({ exit_code: 143, stopped: true, guard: [], spent: expect.anything() });
    expect(events.findLastIndex(({ type }) => type === "item.completed")).toBeGreaterThan(
      events.findLastIndex(({ type }) => type === "turn.completed"),
    );
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  });

  test("a program that ends by itself completes the item, once", async () => {
    const { tools } = repeater("echo up; read -r line; echo $line; exit 3");
    const [open, opened, tell, done] = script;
    // Otherwise the end of the thread could be sooner.
    const wait = respond(call("wait", {}, "c"));
    using set = await stage([open, opened, tell, wait, done], { services: { tools } });
    const { events } = await play(set, [turnOf("open it"), turnOf("tell it")], () => null);
    const ends = items(events).filter(
      ([type, item]) => type === "item.completed" && (item as { id: string }).id === "item_0",
    );
    expect(ends).toEqual([["item.completed", { id: "item_0", ...shown("up\none\n", "completed", 3) }]]);
  });

  test("what appeared in a protected place while it ran is moved away, and said", async () => {
    const { tools } = repeater("mkdir .moat; echo x > .moat/config.toml; echo up; exit 0");
    using set = await stage([respond(call("open", {}, "a")), respond(say("done"))], { services: { tools } });
    const { events } = await play(set, [turnOf("go")], () => null);
    const errors = items(events).filter(([, item]) => (item as { type: string }).type === "error");
    expect(errors).toMatchObject([
      [
        "item.completed",
        {
          message: expect.stringMatching(
            /\.moat is protected and changed while a command ran: it has been moved away \(what was there is kept as [^()]+\)$/,
          ),
        },
      ],
    ]);
    expect(existsSync(set.project.path(".moat"))).toBe(false);
  });

  test("is confined as its call was judged", async () => {
    using out = tempProject();
    const { state, tools } = repeater(`touch in ${out.path("outside")}; echo up; exit 0`);
    using set = await stage([respond(call("open", {}, "a")), respond(say("done"))], { services: { tools } });
    await play(set, [turnOf("go")], () => null);
    expect(state.text).toContain("up");
    expect([existsSync(set.project.path("in")), existsSync(out.path("outside"))]).toEqual([true, false]);
  });

  test("what it planted in a protected place is told as of a command, also at the end of the thread", async () => {
    const { tools } = repeater("mkdir .husky; : > .husky/pre-commit; echo up; read -r line");
    using set = await stage([respond(call("open", {}, "a")), respond(say("done"))], { services: { tools } });
    const { events } = await play(set, [turnOf("go")], () => null);
    expect(existsSync(set.project.path(".husky"))).toBe(false);
    const errors = items(events).flatMap(([, item]) => ((item as { type: string }).type === "error" ? [item] : []));
    expect(errors).toMatchObject([{ message: expect.stringContaining(`${set.project.path(".husky")} is protected`) }]);
    expect(set.thread.settings.approval_policy).toBe("untrusted");
  });

  test("an item of the turn is one for all calls, and completed with the turn", async () => {
    const tools = setOf({
      work: tool("work", async (args) => said(args, { item: shown(args, "in_progress") }), {
        item_lasts: "turn",
        item: () => null,
      }),
    });
    using set = await stage(
      [
        respond(call("work", { n: 1 }, "a")),
        respond(call("work", { n: 2 }, "b")),
        respond(say("done")),
        respond(call("work", { n: 3 }, "c")),
        respond(say("done")),
      ],
      { services: { tools } },
    );
    const { events } = await play(set, [turnOf("go"), turnOf("on")], () => null);
    const own = items(events).filter(([, item]) => (item as { type: string }).type === "command_execution");
    const line = ([type, item]: (typeof own)[number]) => {
      const { id, aggregated_output, status } = item as CommandExecution & { id: string };
      return `${type} ${id} ${aggregated_output} ${status}`;
    };
    const ids = own.map(([, item]) => (item as { id: string }).id);
    expect(new Set(ids).size).toBe(2);
    expect(own.map(line).map((text) => text.replace(/item_\d+/, "I"))).toEqual([
      'item.started I {"n":1} in_progress',
      'item.updated I {"n":2} in_progress',
      'item.completed I {"n":2} in_progress',
      'item.started I {"n":3} in_progress',
      'item.completed I {"n":3} in_progress',
    ]);
  });

  test("an item that is done with its call is completed with it", async () => {
    const tools = setOf({
      work: tool("work", async () => said("done", { item: shown("all", "completed", 0) }), { item_lasts: "thread" }),
    });
    using set = await stage([respond(call("work", {}, "c")), respond(say("done"))], { services: { tools } });
    const { events } = await play(set, [turnOf("go")], () => null);
    expect(items(events).filter(([, item]) => (item as { id: string }).id === "item_0")).toEqual([
      ["item.started", { id: "item_0", ...shown("", "in_progress") }],
      ["item.completed", { id: "item_0", ...shown("all", "completed", 0) }],
    ]);
  });

  test("an item that its tool leaves open is completed with the thread", async () => {
    const tools = setOf({
      work: tool("work", async () => said("on it", { status: "in_progress" }), { item_lasts: "thread" }),
    });
    using set = await stage([respond(call("work", {}, "c")), respond(say("done"))], { services: { tools } });
    const { events } = await play(set, [turnOf("go")], () => null);
    expect(events.at(-1)).toMatchObject({
      type: "item.completed",
      item: { id: "item_0", exit_code: -1, status: "failed" },
    });
  });
});
