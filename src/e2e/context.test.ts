// How the context is kept small and its prefix stable, and what budgets do, through the built binary.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readThread } from "../session/index.ts";
import {
  call,
  type Output,
  PIXEL_PNG,
  type RecordedRequest,
  type Reply,
  respond,
  responseEvents,
  say,
  think,
} from "../testkit/index.ts";
import { type JsonEvent, type TestWorld, world } from "./harness.ts";

interface Body {
  instructions: string;
  tools: unknown[];
  input: { type: string; role?: string; content?: { text: string }[]; output?: string }[];
}
const bodyOf = (request: RecordedRequest | undefined) => request?.body as unknown as Body;
const textOf = (item: Body["input"][number] | undefined) => item?.content?.map(({ text }) => text).join("") ?? "";
const ofType = (events: JsonEvent[], type: string) => events.filter((event) => event.type === type);
const messages = (events: JsonEvent[]) =>
  ofType(events, "item.completed")
    .map(({ item }) => item as unknown as { type: string; text: string })
    .flatMap(({ type, text }) => (type === "agent_message" ? [text] : []));
const command = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
/** A response for which the server counted this many tokens of input. */
const counted = (input: number, ...outputs: Output[]) =>
  responseEvents(outputs, { type: "completed", usage: { input } });
const overflow: Reply = { status: 400, body: { error: { message: "too long", code: "context_length_exceeded" } } };

function rolloutPath(w: TestWorld): string {
  const threads = `${w.moat_home}/threads`;
  const [file] = readdirSync(threads, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  return `${threads}/${file}`;
}

/** Each request begins with all of the one before it, to the byte, but for the closing brackets. */
function expectStablePrefixes(requests: RecordedRequest[]): void {
  for (const [index, request] of requests.entries()) {
    const [body, before] = [bodyOf(request), bodyOf(requests[index - 1])];
    if (index === 0) continue;
    expect(JSON.stringify([body.instructions, body.tools])).toBe(JSON.stringify([before.instructions, before.tools]));
    expect(JSON.stringify(body.input)).toStartWith(JSON.stringify(before.input).slice(0, -1));
  }
}

/** Characters of a first request. */
async function frameBytes(): Promise<number> {
  await using w = await world([respond(say("ok"))]);
  await w.moat(["exec", "go"]);
  return w.server.requests[0]?.raw.length ?? 0;
}

const LIMIT = ["-c", "model_auto_compact_token_limit=9000"];

describe("compaction", () => {
  test("before a request that would be too long: notes take the place of what was said, the opening stays", async () => {
    await using w = await world(
      [
        counted(4000, think("hm"), command("echo one", "c1")),
        counted(9500, say("Between."), command("echo two", "c2")),
        respond(say("NOTES: one and two were run.")),
        counted(2000, command("echo three", "c3")),
        respond(say("All done.")),
      ],
      { "AGENTS.md": "House rule: whisper.\n" },
    );
    const ran = await w.moat(["exec", "--json", ...LIMIT, "count to three"]);
    expect([ran.exit, ran.stderr]).toEqual([0, ""]);
    const [first, second, asked, after, last] = w.server.requests;
    expect(w.server.requests).toHaveLength(5);

    // The request for the notes is the next one of the turn with a question at its end, so that the cache holds all else.
    if (!first || !second || !asked || !after || !last) throw new Error("a request is missing");
    expectStablePrefixes([first, second, asked]);
    expect(textOf(bodyOf(asked).input.at(-1))).toContain("notes");

    // Opening, the user's words, the notes; and from there on the prefix is stable again.
    const opening = bodyOf(first).input.slice(0, -1);
    const texts = bodyOf(after).input.map(textOf);
    expect(texts.slice(0, -1)).toEqual([...opening.map(textOf), "count to three"]);
    expect(texts.at(-1)).toContain("NOTES: one and two were run.");
    expect(texts.join()).toContain("House rule: whisper.");
    expectStablePrefixes([after, last]);
    expect(bodyOf(after).tools).toEqual(bodyOf(first).tools);

    const [event] = ofType(ran.events(), "history.compacted") as unknown as Record<string, number>[];
    expect(event?.tokens_before).toBeGreaterThan(9000);
    expect(event?.tokens_after).toBeLessThan(9000);
    expect(messages(ran.events())).toEqual(["Between.", "All done."]);
    expect(ofType(ran.events(), "turn.completed")).toMatchObject([
      { usage: { input_tokens: 4000 + 9500 + 1000 + 2000 + 1000 } },
    ]);

    // What was replaced is still in the file, and the thread goes on with what took its place.
    expect(readFileSync(rolloutPath(w), "utf8")).toContain("echo one");
    const { history } = readThread(rolloutPath(w));
    expect(JSON.stringify(history)).not.toContain("echo one");
    expect(JSON.stringify(history.slice(0, bodyOf(last).input.length))).toBe(JSON.stringify(bodyOf(last).input));
  });

  test("by the model's window, where no limit is set", async () => {
    await using w = await world([
      counted(19_000, command("echo one", "c1")),
      respond(say("NOTES")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "-c", "model_context_window=20000", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([0, 3]);
    expect(ofType(ran.events(), "history.compacted")).toHaveLength(1);
  });

  test("once when the server says that it is too long; a second time fails the turn", async () => {
    await using w = await world([
      respond(command("echo one", "c1")),
      overflow,
      respond(say("NOTES")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([0, 4]);
    expect(messages(ran.events())).toEqual(["ok"]);

    await using v = await world([respond(command("echo one", "c1")), overflow, respond(say("NOTES")), overflow]);
    const failed = await v.moat(["exec", "--json", "go"]);
    expect([failed.exit, v.server.requests.length]).toEqual([1, 4]);
    expect(ofType(failed.events(), "turn.failed")).toMatchObject([{ error: { kind: "context_overflow" } }]);
  });

  test("instructions of the project that changed stay behind the opening, and are no words of the user", async () => {
    await using w = await world(
      [
        respond(say("ok")),
        counted(9500, say("ok"), command("echo two", "c2")),
        respond(say("NOTES: two was run.")),
        respond(say("done")),
      ],
      { "AGENTS.md": "Use tabs.\n" },
    );
    await w.moat(["exec", "first"]);
    w.project.write("AGENTS.md", "Use spaces.\n");
    expect((await w.moat(["exec", ...LIMIT, "resume", "--last", "on"])).exit).toBe(0);
    const texts = bodyOf(w.server.requests.at(-1)).input.map(textOf);
    const at = (text: string) => texts.findIndex((each) => each.includes(text));
    expect(texts.filter((text) => text.includes("AGENTS.md instructions"))).toHaveLength(2);
    expect([at("Use tabs."), at("Use spaces."), at("first"), at("NOTES")]).toEqual(
      [at("Use tabs."), at("Use spaces."), at("first"), at("NOTES")].toSorted((a, b) => a - b),
    );
    expect(at("Use spaces.")).toBeGreaterThan(0);
  });

  test("one output that is too long by itself: the notes are written from its ends", async () => {
    let requests = 0;
    await using w = await world(({ raw }) => {
      requests++;
      if (requests === 1) return respond(command("seq 1 5000", "c1"));
      return raw.length > LARGEST ? overflow : respond(say(`answer ${requests}`));
    });
    // Whatever a request consists of beside the output fits: the first one has all of it but that.
    const LARGEST = (await frameBytes()) + 15_000;
    const ran = await w.moat(["exec", "--json", "go"]);
    expect({ exit: ran.exit, compacted: ofType(ran.events(), "history.compacted").length }).toEqual({
      exit: 0,
      compacted: 1,
    });
    const asked = w.server.requests.at(-2)?.raw ?? "";
    expect([asked.includes("tokens truncated"), asked.includes("seq 1 5000")]).toEqual([true, true]);
  });

  test("a prompt that fits no window is an error at once: nothing could be compacted", async () => {
    await using w = await world([overflow]);
    const ran = await w.moat(["exec", "--json", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([1, 1]);
  });

  test("when even the request for the notes is too long, it is made of the newer half", async () => {
    await using w = await world([
      respond(say("Old."), command("echo old; seq 3000", "c1")),
      respond(say("New."), command("echo new", "c2")),
      overflow,
      overflow,
      respond(say("NOTES")),
      respond(say("ok")),
    ]);
    const ran = await w.moat(["exec", "--json", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([0, 6]);
    const halved = w.server.requests[4]?.raw ?? "";
    expect(halved).toContain("New.");
    expect(halved).not.toContain("Old.");
    expect(halved).not.toContain('"call_id":"c1"');
  });

  test("an answer without notes, and a failure on the way, leave the history as it was", async () => {
    await using w = await world([counted(9500, command("echo one", "c1")), respond(command("echo two", "c2"))]);
    const ran = await w.moat(["exec", "--json", ...LIMIT, "go"]);
    expect(ran.exit).toBe(1);
    expect(ofType(ran.events(), "turn.failed")[0]?.error as unknown).toMatchObject({
      message: expect.stringContaining("without notes"),
    });
    expect(JSON.stringify(readThread(rolloutPath(w)).history)).toContain("echo one");
  });
});

describe("outputs that were cut", () => {
  test("the model is told where all of it lies, and can page through it in the sandbox", async () => {
    const page = (request: RecordedRequest) => {
      const path = /\[The output was (\d+) bytes; all of it: ([^\]]+)\]/.exec(request.raw)?.[2];
      return respond(command(`sed -n 7777p ${path}`, "c2"));
    };
    await using w = await world([respond(command("seq 1 20000", "c1")), page, respond(say("ok"))]);
    const ran = await w.moat(["exec", "--json", "go"]);
    expect(ran.exit).toBe(0);
    const outputs = bodyOf(w.server.requests[2]).input.flatMap(({ output }) => output ?? []);
    expect(outputs[0]).toContain("Total output lines: 20000");
    expect(outputs[0]).toContain("original token count: 27224");
    expect(outputs[1]).toEndWith("Output:\n7777\n");
    const [path = ""] = /\/\S+\/tmp\/[^\]]+/.exec(outputs[0] ?? "") ?? [];
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("true counts for an output that is longer than what is kept; nothing stays of an ephemeral thread", async () => {
    await using w = await world([respond(command("seq 1 400000", "c1")), respond(say("ok"))]);
    await w.moat(["exec", "--json", "--ephemeral", "go"]);
    const output = bodyOf(w.server.requests[1]).input.at(-1)?.output;
    expect(output).toContain("Total output lines: 400000");
    expect(output).toContain("The output was 2688895 bytes; its first and last parts");
    expect(readdirSync(`${w.moat_home}/tmp`)).toEqual([]);
  });
});

describe("view_image", () => {
  const pixel = Buffer.from(PIXEL_PNG).toString("base64");
  const names = (w: TestWorld) => bodyOf(w.server.requests[0]).tools.map((tool) => (tool as { name: string }).name);

  test("the picture reaches the model with the output of the call", async () => {
    await using w = await world([respond(call("view_image", { path: "a.png" }, "c1")), respond(say("a dot"))]);
    w.project.write("a.png", PIXEL_PNG);
    const ran = await w.moat(["exec", "--json", "look"]);
    expect([ran.exit, messages(ran.events())]).toEqual([0, ["a dot"]]);
    expect(names(w)).toContain("view_image");
    expect(bodyOf(w.server.requests[1]).input.at(-1) as unknown).toEqual({
      type: "function_call_output",
      call_id: "c1",
      output: [
        { type: "input_text", text: `The image ${w.project.path("a.png")}:` },
        { type: "input_image", image_url: `data:image/png;base64,${pixel}`, detail: "original" },
      ],
    });
  });

  test("not offered to a model that is not known to see", async () => {
    await using w = await world([respond(say("ok"))]);
    await w.moat(["exec", "-m", "local-text", "hi"]);
    expect(names(w)).not.toContain("view_image");
  });

  test("what is no picture, and what the sandbox hides, is an answer and not the end", async () => {
    await using w = await world((_, index) => {
      const paths = ["a.png", `${w.home}/.ssh/b.png`, "none.png"];
      return respond(index < 3 ? call("view_image", { path: paths[index] ?? "" }, `c${index}`) : say("ok"));
    });
    w.project.write("a.png", "no picture");
    mkdirSync(`${w.home}/.ssh`);
    writeFileSync(`${w.home}/.ssh/b.png`, PIXEL_PNG);
    const ran = await w.moat(["exec", "--json", "look"]);
    expect(ran.exit).toBe(0);
    const outputs = bodyOf(w.server.requests[3]).input.flatMap(({ output }) => output ?? []);
    expect(outputs.map((text) => /unrecognised|hides|no such file/.exec(text)?.[0])).toEqual([
      "unrecognised",
      "hides",
      "no such file",
    ]);
  });
});

describe("budgets", () => {
  const stops = (events: JsonEvent[]) => ofType(events, "budget") as unknown as { what: string; used: number }[];

  test("--max-turns: so many requests, exit 4, and the thread can be read again", async () => {
    await using w = await world([respond(command("echo one", "c1")), respond(command("echo two", "c2"))]);
    const ran = await w.moat(["exec", "--json", "--max-turns", "2", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([4, 2]);
    expect(stops(ran.events())).toMatchObject([{ what: "turns", limit: 2, used: 2 }]);
    expect(ofType(ran.events(), "turn.failed")).toMatchObject([{ error: { kind: "budget" } }]);
    expect(readThread(rolloutPath(w)).history.at(-1)).toMatchObject({ type: "function_call_output", call_id: "c2" });
  });

  test("--max-commands: the next one does not run, and its call has an output", async () => {
    const both = [command("echo one >> ran", "c1"), command("echo two >> ran", "c2")];
    await using w = await world([respond(...both)]);
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "--max-commands", "1", "go"]);
    expect(ran.exit).toBe(4);
    expect(w.project.read("ran")).toBe("one\n");
    expect(stops(ran.events())).toMatchObject([{ what: "commands", limit: 1, used: 1 }]);
    const outputs = readThread(rolloutPath(w)).history.filter(({ type }) => type === "function_call_output");
    expect(outputs).toHaveLength(2);
  });

  test("--max-tokens: an answer may be no longer than what is left, and nothing is sent when too little is", async () => {
    await using w = await world([counted(50_000, command("echo one", "c1")), respond(say("too much"))]);
    const ran = await w.moat(["exec", "--json", "--max-tokens", "60k", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([4, 1]);
    const [sent] = w.server.requests.map(({ body }) => body as unknown as { max_output_tokens: number });
    expect(sent?.max_output_tokens).toBeWithin(50_000, 60_000);
    expect(stops(ran.events())).toMatchObject([{ what: "tokens", limit: 60_000, used: 50_050 }]);
  });

  test("an answer that the limit cut short ends the turn as a budget", async () => {
    await using w = await world([responseEvents([say("half")], { type: "incomplete", reason: "max_output_tokens" })]);
    const ran = await w.moat(["exec", "--json", "--max-tokens", "60k", "go"]);
    expect(ran.exit).toBe(4);
    expect(messages(ran.events())).toEqual([]);
  });

  test("--max-cost: by the catalog's prices; an unknown price is an error at the start", async () => {
    await using w = await world([counted(900_000, command("echo one", "c1")), respond(say("too much"))]);
    const ran = await w.moat(["exec", "--json", "-m", "gpt-6-luna", "--max-cost", "0.25", "go"]);
    expect([ran.exit, w.server.requests.length]).toEqual([4, 1]);
    expect(stops(ran.events())[0]?.what).toBe("cost");
    // 899,400 tokens plain and 600 cached, twice the price above 272,000; 50 of output.
    expect(stops(ran.events())[0]?.used).toBeCloseTo(2 * (0.0899_4 + 0.000_006) + 1.5 * 0.000_025, 6);

    const unknown = await w.moat(["exec", "-m", "local-thing", "--max-cost", "1", "go"]);
    expect([unknown.exit, w.server.requests.length]).toEqual([2, 1]);
    expect(unknown.stderr).toContain("model_catalog_json");
    w.project.write(
      "catalog.json",
      '{"local-thing": {"price": {"input": 1, "cached_input": 1, "cache_write": 1, "output": 1}}}',
    );
    const priced = await w.moat([
      "exec",
      "-m",
      "local-thing",
      "-c",
      "model_catalog_json=catalog.json",
      "--max-cost",
      "1",
      "go",
    ]);
    expect(priced.exit).toBe(0);
  });

  test("--max-time: what runs is stopped when the time is over", async () => {
    await using w = await world([respond(command("sleep 30", "c1"))]);
    const ran = await w.moat(["exec", "--json", "--max-time", "700ms", "go"]);
    expect(ran.exit).toBe(4);
    // A machine that needs all of it to get there has asked nothing yet.
    expect(w.server.requests.length).toBeLessThanOrEqual(1);
    expect(stops(ran.events())).toMatchObject([{ what: "time", limit: 700 }]);
  });

  test.each([
    ["--max-tokens", "many"],
    ["--max-cost", "-1"],
    ["--max-time", "soon"],
    ["--max-turns", "0"],
  ])("%s %s cannot be understood", async (flag, value) => {
    await using w = await world([]);
    const ran = await w.moat(["exec", flag, value, "go"]);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain(`${flag} ${value}`);
  });
});
