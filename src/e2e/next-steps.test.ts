// Errors name the next step, and what can be checked before the model is paid is; a server of one's own is found the same by all.
import { describe, expect, test } from "bun:test";
import type { Reply } from "../testkit/index.ts";
import { respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const refused = (status: number, message: string) => (): Reply => ({ status, body: { error: { message } } });
const NOTHING = { OPENAI_BASE_URL: "", OPENAI_API_KEY: "" };

/** A scripted server that lists these models; the world names it nowhere. */
const listing = (...ids: string[]) =>
  world(({ path }) =>
    path.endsWith("/models") ? { status: 200, body: { data: ids.map((id) => ({ id })) } } : { status: 404, body: "" },
  );

describe("a refusal", () => {
  test.each([
    ["sk-test", "Sent was a key of 7 characters"],
    ["sk-abcdefghijklmnopqrstuvwxyz0123", "Sent was the key that ends in …0123"],
  ])("of the key says which one was sent, and how to save another: %s", async (key, which) => {
    await using w = await world(refused(401, "no"));
    const { stderr, exit } = await w.moat(["exec", "go"], { env: { OPENAI_API_KEY: key } });
    expect(exit).toBe(1);
    expect(stderr).toContain(which);
    expect(stderr).toContain("`moat login status` says where it comes from");
    expect(stderr).not.toContain(key);
  });

  test("of the model says how to list those that there are", async () => {
    await using w = await world(refused(404, "no such model"));
    const { stderr } = await w.moat(["exec", "-m", "foo", "go"]);
    expect(stderr).toContain("`moat models` lists what openai offers");
  });
});

test("an address where nobody ever was is given up after the quick retries", async () => {
  await using w = await world([]);
  const { stderr, exit } = await w.moat(["exec", "go"], { env: { OPENAI_BASE_URL: "http://127.0.0.1:1/v1" } });
  expect(exit).toBe(1);
  expect(stderr).toContain("never connected to http://127.0.0.1:1/v1");
  expect(stderr).toContain("--give-up-after 10m waits");
});

test("no model is configured: what was left out of the configuration is named", async () => {
  await using w = await world([]);
  w.config('[model_providrs.x]\nbase_url = "http://127.0.0.1:1/v1"\n');
  const { stderr } = await w.moat(["exec", "go"], { env: NOTHING });
  expect(stderr).toContain("No model is configured");
  expect(stderr).toContain('unknown key "model_providrs"');
});

test.each([
  [["--resume"], 2, "unknown flag --resume; did you mean moat resume?"],
  [["exec", "--review", "hi"], 2, "unknown flag --review; did you mean moat exec review?"],
  [["threads", "shw"], 2, "threads has no shw; did you mean show?"],
  [["exec"], 1, 'the prompt is empty; say what to do: moat exec "explain this project"'],
])("a wrong command line names the right one: %j", async (args, exit, wanted) => {
  await using w = await world([]);
  const ran = await w.moat(args, { stdin: "" });
  expect([ran.exit, ran.stdout]).toEqual([exit, ""]);
  expect(ran.stderr).toContain(wanted);
});

describe("before the model is paid", () => {
  test.each([
    [["exec", "-i", "missing.png", "go"], "-i missing.png: there is no such file"],
    [["exec", "-i", "words.txt", "go"], "-i words.txt: "],
    [["exec", "-i", "..", "go"], "-i ..: "],
    [["exec", "--approve-with", "/proc/nowhere", "go"], "there is no such program"],
    [["exec", "--approve-with", "missing-program", "go"], "it is not on the PATH"],
    [["init"], "--yes writes AGENTS.md without a question"],
  ])("%j", async (args, wanted) => {
    await using w = await world(() => respond(say("paid")), { "words.txt": "no picture" });
    const { stderr, exit } = await w.moat(args);
    expect(exit).toBeGreaterThan(0);
    expect(stderr).toContain(wanted);
    expect(w.server.requests).toHaveLength(0);
  });
});

describe("one's own server", () => {
  const at = (w: TestWorld) => ({ ...NOTHING, OLLAMA_BASE_URL: w.server.url });

  test("doctor and exec find the same, and pick no model that embeds", async () => {
    await using w = await listing("nomic-embed-text", "qwen3:8b");
    const doctor = await w.moat(["doctor"], { env: at(w) });
    expect(doctor.stdout).toContain(`Ollama (ollama) at ${w.server.url}, found on this machine`);
    expect(doctor.stdout).toContain("qwen3:8b");
    const { stderr } = await w.moat(["exec", "go"], { env: at(w) });
    expect(stderr).toContain("qwen3:8b (ollama)");
    expect(w.server.requests.find(({ method }) => method === "POST")?.body).toMatchObject({ model: "qwen3:8b" });
  });

  test("several: the first answers, exec and doctor name the others, and what they say to type works", async () => {
    await using w = await listing("qwen3:8b");
    await using other = await world(({ path }) =>
      path.endsWith("/models") ? { status: 200, body: { data: [{ id: "gemma3" }] } } : { status: 404, body: "" },
    );
    const env = { ...at(w), LMSTUDIO_BASE_URL: other.server.url };
    const told = `LM Studio (lmstudio) at ${other.server.url} runs here, too`;
    const first = await w.moat(["exec", "go"], { env });
    expect(first.stderr).toContain("qwen3:8b (ollama)");
    expect(first.stderr).toContain(`${told}: -c model_provider=lmstudio chooses it`);
    expect((await w.moat(["doctor"], { env })).stdout).toContain(told);
    for (const flags of [
      ["-c", "model_provider=lmstudio"],
      ["--local-provider", "lmstudio"],
    ]) {
      const second = await w.moat(["exec", ...flags, "go"], { env });
      expect(second.stderr).toContain("gemma3 (lmstudio)");
      expect(second.stderr).not.toContain("runs here, too");
    }
    const doctor = await w.moat(["doctor", "-c", "model_provider=lmstudio"], { env });
    expect(doctor.stdout).toContain("LM Studio (lmstudio)");
    expect(doctor.stdout).toContain("gemma3");
  });

  test("--oss asks the server of this machine for its model, whatever a file names for another provider; -m wins", async () => {
    await using w = await listing("bge-m3", "qwen3:8b");
    w.config('model = "gpt-x"\nmodel_provider = "openai"\n');
    const env = { ...at(w), OPENAI_API_KEY: "sk-other" };
    for (const [flags, model] of [
      [["--oss"], "qwen3:8b"],
      [["--oss", "-m", "mine"], "mine"],
    ] as const) {
      const { stderr } = await w.moat(["exec", ...flags, "go"], { env });
      expect(stderr).toContain(`${model} (ollama)`);
      expect(w.server.requests.at(-1)).toMatchObject({ method: "POST", body: { model } });
    }
  });

  test("--oss without one says where it looked", async () => {
    await using w = await world([]);
    const { stderr, exit } = await w.moat(["exec", "--oss", "go"], { env: NOTHING });
    expect([exit, w.server.requests.length]).toEqual([1, 0]);
    expect(stderr).toContain("no model server answers on this machine");
  });

  test("several are named by the doctor", async () => {
    await using w = await listing("qwen3:8b");
    const { stdout } = await w.moat(["doctor"], { env: { ...at(w), LMSTUDIO_BASE_URL: w.server.url } });
    expect(stdout).toContain("LM Studio (lmstudio)");
    expect(stdout).toContain("-c model_provider=lmstudio");
  });
});
