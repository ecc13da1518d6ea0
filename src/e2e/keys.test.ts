// Keys of the configuration: out of reach for commands, and in nothing that moat writes or prints.
import { describe, expect, test } from "bun:test";
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const BEARER = "bearer-0123456789-canary";
const HEADER = "header/9876+canary=";
const QUERY = "query-55555-canary";
const SERVER = "server-value-canary-77";
const NAMED = "named-by-variable-canary";
const PASSWORD = "pass%2Fword-canary";
const ALL = [BEARER, HEADER, QUERY, SERVER, NAMED, PASSWORD, "pass/word-canary"];
/** Every form that a reader could turn back. */
const FORMS = ALL.flatMap((key) => [
  key,
  encodeURIComponent(key),
  btoa(key).replace(/=+$/, ""),
  btoa(`x:${key}`)
    .slice(4)
    .replace(/..==$|.=$|..$/, ""),
]);

function configure(w: TestWorld, more = ""): void {
  const [, host = ""] = w.server.url.split("//");
  w.config(`
model_provider = "p"
model = "m"
[model_providers.p]
base_url = "http://me:${PASSWORD}@${host}"
experimental_bearer_token = "${BEARER}"
http_headers = { "X-One" = "${HEADER}", "X-Title" = "public" }
env_http_headers = { "X-Two" = "ODD_VARIABLE" }
query_params = { sig = "${QUERY}" }
[mcp_servers.s]
command = "true"
env = { ANY = "${SERVER}" }
${more}
`);
}

const leaks = (text: string) => FORMS.filter((form) => text.includes(form));
const env = { ODD_VARIABLE: NAMED, MOAT_LOG: "debug" };

/** Everything below a directory, as text; not what links lead to: moat's own program under four names, 480 MB. */
function everything(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => lstatSync(path).isFile() && !path.endsWith("config.toml"))
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

const shell = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);

describe("a command", () => {
  const look = [
    "cat ~/.moat/config.toml ~/.moat/*.toml ~/.moat/other.config.toml ~/link.toml .moat/config.toml",
    "env",
    "cat /proc/*/environ",
    "tr '\\0' '\\n' < /proc/self/environ",
  ].join("; ");

  test("reads no key from a file of settings, and finds none in its environment", async () => {
    await using w = await world([respond(shell(look, "c1")), respond(say("ok"))]);
    configure(w);
    writeFileSync(
      join(w.moat_home, "other.config.toml"),
      `[model_providers.q]\nexperimental_bearer_token = "${BEARER}"\n`,
    );
    writeFileSync(join(w.moat_home, "plain.config.toml"), 'model = "readable"\nmodel_providers.p.env_key = "X"\n');
    symlinkSync(join(w.moat_home, "config.toml"), join(w.home, "link.toml"));
    const copies = {
      COPY: BEARER,
      CURL_OPTIONS: `-H "X-One: ${HEADER}"`,
      ENCODED: btoa(`user:${SERVER}`),
      ADDRESS: `https://example.org/?k=${encodeURIComponent(HEADER)}`,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "user.name",
      GIT_CONFIG_VALUE_0: NAMED,
      KEPT: "an ordinary value",
    };
    const ran = await w.moat(["exec", "go"], { env: { ...env, ...copies } });
    expect(ran.exit).toBe(0);
    const output = w.server.requests[1]?.raw ?? "";
    expect(leaks(output)).toEqual([]);
    expect(output).toContain("readable");
    expect(output).toContain("KEPT=an ordinary value");
    for (const name of ["COPY", "CURL_OPTIONS", "ENCODED", "ADDRESS", "GIT_CONFIG_VALUE_0", "GIT_CONFIG_COUNT"])
      expect(output).not.toContain(`${name}=`);
  });

  test("the same of a trusted project, of moat sandbox, and of hooks", async () => {
    await using w = await world([respond(shell("cat .moat/config.toml; echo end", "c1")), respond(say("ok"))], {
      ".moat/config.toml": `[mcp_servers.t]\ncommand = "x"\nenv = { A = "${SERVER}" }\n`,
    });
    configure(w, `[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    const told = join(w.home, "told");
    writeFileSync(
      join(w.moat_home, "hooks.json"),
      JSON.stringify({ hooks: { UserPromptSubmit: [{ hooks: [{ type: "command", command: `env > ${told}` }] }] } }),
    );
    const copies = { ...env, COPY: `x ${NAMED}`, KEPT: "kept" };
    await w.moat(["exec", "--trust", "go"], { env: copies });
    expect(leaks(w.server.requests[1]?.raw ?? "")).toEqual([]);
    expect(w.server.requests[1]?.raw).toContain("end");
    expect(leaks(readFileSync(told, "utf8"))).toEqual([]);
    expect(readFileSync(told, "utf8")).toContain("KEPT=kept");
    const boxed = await w.moat(["sandbox", "--", "sh", "-c", "env; cat ~/.moat/config.toml"], { env: copies });
    expect(leaks(boxed.stdout + boxed.stderr)).toEqual([]);
    expect(boxed.stdout).toContain("KEPT=kept");
  });
});

/** A server that says every key, in its words, in pieces of them, and in an error. */
const talk = ALL.join(" | ");
const pieces = talk.match(/.{1,3}/gs) ?? [];
const refusal = { status: 401, body: { error: { message: `no: ${talk} ${btoa(BEARER)}`, code: "invalid_api_key" } } };

describe("a server that repeats what it got", () => {
  test("nothing of it is in the record, the rollout, the log, JSON or what is printed", async () => {
    const script = () => [respond(shell(`echo '${BEARER}'`, "c1")), respond(say(...pieces)), refusal];
    for (const args of [["--json"], ["--json-deltas"], []]) {
      await using w = await world(script());
      configure(w);
      const ran = await w.moat(["exec", "--record", "run.rec", "-o", "last", ...args, "go"], { env });
      const again = await w.moat(["exec", "resume", "--last", ...args, "more"], { env });
      expect([ran.exit, again.exit]).toEqual([0, 1]);
      expect(leaks(ran.stdout + ran.stderr + again.stdout + again.stderr)).toEqual([]);
      expect(again.stdout + again.stderr).toContain("[key]");
      expect(w.project.read("last")).toContain("[key] | [key]");
      expect(leaks(everything(w.moat_home))).toEqual([]);
      const record = w.project.read("run.rec");
      expect(leaks(record.replace(/^.*"type":"chunk".*$/gm, ""))).toEqual([]);
      expect(record).toContain("[key]");
      const replayed = await w.moat(["replay", "run.rec"]);
      expect([replayed.exit, leaks(replayed.stdout)]).toEqual([0, []]);
    }
  });

  test("whole in one event, it is not in the record's chunks either", async () => {
    await using w = await world([respond(say(talk))]);
    configure(w);
    await w.moat(["exec", "--record", "run.rec", "go"], { env });
    expect(leaks(w.project.read("run.rec"))).toEqual([]);
  });

  test("a person sees no key as it comes in, but the question shows what would run", async () => {
    const more = { sandbox_permissions: "require_escalated", justification: "Please" };
    await using w = await world([
      respond(say(...pieces), call("exec_command", { cmd: `curl -H '${BEARER}'`, login: false, ...more }, "c1")),
    ]);
    configure(w, `[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    await using t = pty(w, ["repl", "go"], env);
    await t.shows("[key] | [key]");
    await t.shows(`$ curl -H '${BEARER}'`);
    await t.shows("Yes, once");
    expect(leaks(t.text.replace(`curl -H '${BEARER}'`, ""))).toEqual([]);
  });
});

test("doctor, models, config and debug print no key", async () => {
  await using w = await world([refusal, refusal, refusal]);
  configure(w);
  mkdirSync(join(w.project.dir, "sub"));
  for (const args of [
    ["doctor", "--all"],
    ["doctor", "--json", "--all"],
    ["doctor", "--network"],
    ["models"],
    ["config", "list", "--origin"],
    ["config", "list", "--json"],
    ["debug", "prompt-input", "--json"],
    ["exec", "-c", `model_providers.p.experimental_bearer_token=["${BEARER}"]`, "go"],
  ]) {
    const ran = await w.moat(args, { env: { ...env, HTTPS_PROXY: `http://me:${PASSWORD}@127.0.0.1:1` } });
    expect([args, leaks(ran.stdout + ran.stderr)]).toEqual([args, []]);
  }
});
