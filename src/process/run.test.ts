// Commands that really run, behind a shell in the launcher's place. Time is a hand that the tests turn, and what has to wait
// waits for a FIFO, so that nothing here depends on how fast the machine is.
import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { closeSync, constants, existsSync, mkdtempSync, openSync, realpathSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxReport } from "../protocol/index.ts";
import { type Launch, SandboxError } from "../sandbox/index.ts";
import { shellLaunch } from "../sandbox/launch/shell-launch.ts";
import { type RunOptions, run } from "./index.ts";

const REPORT = { tier: "none" } as SandboxReport;
const FINDING = { path: "/x", action: "restored", kept_at: null } as const;
const GRACE_MS = 300;
const TERM = 143;
const KILL = 137;

let dir = "";
/** Blocks whoever reads from it until the test says something. */
let gate = "";
const opened: number[] = [];
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "moat-run-")));
  gate = join(dir, "gate");
  Bun.spawnSync(["mkfifo", gate]);
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  for (const fd of opened.splice(0)) closeSync(fd);
  rmSync(dir, { recursive: true });
});

/** Lets up to four readers go on, those that come later as well. */
function openGate(readers = 4): void {
  const fd = openSync(gate, constants.O_RDWR);
  opened.push(fd);
  writeSync(fd, "\n".repeat(readers));
}

function launching(script: string, more: Partial<Launch> = {}): Launch {
  const env = { PATH: process.env.PATH ?? "", GATE: gate };
  const launch = shellLaunch([], ["/bin/bash", "-c", script], env, REPORT, "merged");
  return { ...launch, finish: () => Promise.resolve([FINDING]), ...more };
}

/** Runs a script; `onText` is called with all that it has said so far. */
function start(launch: Launch, signal: AbortSignal, onText: (text: string) => void, more: Partial<RunOptions> = {}) {
  let said = "";
  let clock = 0;
  const decoder = new TextDecoder();
  const on_output = (bytes: Uint8Array) => {
    said += decoder.decode(bytes, { stream: true });
    onText(said);
    return null;
  };
  const options = { launch, cwd: dir, timeout_ms: null, capture_bytes: 1000, on_output, now: () => ++clock, ...more };
  return run(options, signal);
}

const never = () => new AbortController().signal;
const play = (script: string, more: Partial<RunOptions> = {}) => start(launching(script), never(), () => {}, more);

/** Aborts as soon as the script has said `ready`. */
function interrupted(script: string, then: () => void = () => {}) {
  const stop = new AbortController();
  return start(launching(script), stop.signal, (said) => {
    if (stop.signal.aborted || !said.includes("ready")) return;
    stop.abort();
    then();
  });
}

describe("a command that ends", () => {
  test("gives its code, all that it said in order, its time, the report and what the guard found", async () => {
    const result = await play("echo a; echo b >&2; echo c; exit 7");
    expect(result).toEqual({
      exit_code: 7,
      ended: "exited",
      output: { text: "a\nb\nc\n", total_bytes: 6, total_lines: 3, omitted_bytes: 0 },
      duration_ms: 1,
      report: REPORT,
      guard: [FINDING],
      leftovers: [],
      spent: null,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  test("by a signal: 128 and its number", async () => {
    expect(await play("kill -KILL $$")).toMatchObject({ exit_code: KILL, ended: "exited" });
  });

  test("runs in its directory with its environment alone, and nothing to read", async () => {
    const { output } = await play('pwd; echo "$GATE $HOME"; cat');
    expect(output.text).toBe(`${dir}\n${gate} \n`);
  });

  test("before its time limit: the limit is forgotten", async () => {
    expect(await play("true", { timeout_ms: 50 })).toMatchObject({ exit_code: 0, ended: "exited" });
    expect(jest.getTimerCount()).toBe(0);
  });

  test("with more to say than is kept: the head and the tail of it", async () => {
    const { output } = await play("printf %0100d 1", { capture_bytes: 20 });
    expect(output).toMatchObject({ total_bytes: 100, omitted_bytes: 80 });
    expect(output.text).toMatch(/^0{10}\n\.\.\. 80 bytes omitted \.\.\.\n0{9}1$/);
  });
});

describe("a command that the system does not start is a result", () => {
  const broken: [string, Partial<Launch>, string][] = [
    [
      "a word of 200 kB",
      { argv: ["/bin/true", "x".repeat(200_000)] },
      "not started: the command is longer than the system",
    ],
    ["a NUL byte", { argv: ["/bin/true", "a\0b"] }, "not started: the command holds a NUL byte"],
    [
      "half of a surrogate pair",
      { argv: ["/bin/true", "a\ud800b"] },
      "not started: the command or its directory holds half",
    ],
    ["no such program", { argv: ["/proc/nowhere/moat"] }, "not started: ENOENT"],
  ];
  for (const [name, more, said] of broken) {
    test(name, async () => {
      const result = await start(launching("true", more), never(), () => {}, { timeout_ms: 50 });
      expect(result).toMatchObject({ exit_code: -1, ended: "exited", duration_ms: 0, report: null, guard: [] });
      expect(result.output.text).toStartWith(said);
      expect(result.output.total_bytes).toBe(result.output.text.length);
      expect(jest.getTimerCount()).toBe(0);
    });
  }
});

describe("output as it comes", () => {
  test("is handed on before the command ends, as it was written", async () => {
    const parts: string[] = [];
    const on_output = (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes).toString("latin1"));
      if (parts.length === 1) openGate();
      return null;
    };
    await play("printf 'a\\303'; read -r _ < $GATE; printf '\\244b'", { on_output });
    expect(parts).toEqual(["a\xc3", "\xa4b"]);
  });

  test("holds the command back while its reader is busy", async () => {
    let busy = false;
    let overlaps = 0;
    let length = 0;
    const on_output = async (bytes: Uint8Array) => {
      if (busy) overlaps++;
      busy = true;
      length += bytes.length;
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      busy = false;
    };
    const { output } = await play("head -c 1000000 /dev/zero", { on_output });
    expect({ overlaps, length, kept: output.total_bytes }).toEqual({ overlaps: 0, length: 1_000_000, kept: 1_000_000 });
  });
});

describe("an interrupt", () => {
  test("that came before the start ends the command at once", async () => {
    // The TERM comes before the command's first word, so the launcher's report cannot be waited for.
    const confirm = async (fd: number) => {
      closeSync(fd);
      setImmediate(openGate);
      return REPORT;
    };
    const result = await start(launching("read -r _ < $GATE", { confirm }), AbortSignal.abort(), () => {});
    expect(result).toMatchObject({ exit_code: TERM, ended: "interrupted", report: REPORT, guard: [FINDING] });
  });

  test("ends the command and what it started", async () => {
    const result = await interrupted("echo ready; (read -r _ < $GATE; echo survived) & wait", openGate);
    expect(result).toMatchObject({ exit_code: TERM, ended: "interrupted", output: { text: "ready\n" } });
  });

  test("leaves time for a last word, and then has no more to do", async () => {
    const result = await interrupted("trap 'echo last; exit 3' TERM; (read -r _ < $GATE) & echo ready; wait", openGate);
    expect(result).toMatchObject({ exit_code: 3, ended: "interrupted", output: { text: "ready\nlast\n" } });
    expect(jest.getTimerCount()).toBe(0);
  });

  const DEAF = "trap '' TERM; (read -r _ < $GATE; echo survived) & echo ready; read -r _ < $GATE; wait; exit 5";

  test("leaves those alone that hear nothing, until the grace is over", async () => {
    const result = await interrupted(DEAF, () => {
      jest.advanceTimersByTime(GRACE_MS - 1);
      openGate();
    });
    expect(result).toMatchObject({ exit_code: 5, ended: "interrupted", output: { text: "ready\nsurvived\n" } });
  });

  test("then is a KILL for all of the group", async () => {
    const result = await interrupted(DEAF, () => {
      jest.advanceTimersByTime(GRACE_MS);
      openGate();
    });
    expect(result).toMatchObject({ exit_code: KILL, ended: "interrupted", output: { text: "ready\n" } });
  });

  test("after the end finds nobody who listens", async () => {
    const stop = new AbortController();
    await start(launching("true"), stop.signal, () => {});
    stop.abort();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("a time limit", () => {
  const DEAF = "trap '' TERM; echo ready; read -r _ < $GATE; exit 5";

  /** Runs a command that hears no TERM; does something when it is there. */
  function limited(whenReady: (stop: AbortController) => void) {
    const stop = new AbortController();
    return start(launching(DEAF), stop.signal, () => whenReady(stop), { timeout_ms: 5_000 });
  }

  test("ends the command when it is reached, and not sooner", async () => {
    const early = await limited(() => {
      jest.advanceTimersByTime(4_999);
      openGate();
    });
    expect(early).toMatchObject({ exit_code: 5, ended: "exited" });
  });

  test("goes on from TERM to KILL, and stays the reason when an interrupt follows", async () => {
    const result = await limited((stop) => {
      jest.advanceTimersByTime(5_000);
      stop.abort();
      jest.advanceTimersByTime(GRACE_MS);
      openGate();
    });
    expect(result).toMatchObject({ exit_code: KILL, ended: "timed_out" });
  });

  test("that strikes while an interrupt ends the command changes nothing", async () => {
    const result = await limited((stop) => {
      stop.abort();
      jest.advanceTimersByTime(5_000);
      openGate();
    });
    expect(result).toMatchObject({ exit_code: KILL, ended: "interrupted" });
  });
});

/** As a sandbox that takes its time: says `setting up` and stands once the gate is open. */
function slowLaunch(script: string): Launch {
  const { argv, ...launch } = launching(script);
  return { ...launch, argv: ["/bin/bash", "-c", 'echo setting up; read -r _ < $GATE; exec "$@"', "sh", ...argv] };
}

describe("a sandbox that takes its time", () => {
  test("takes nothing of the command's: the limit counts from its start", async () => {
    const { confirm, ...launch } = slowLaunch("read -r _ < $GATE; exit 5");
    const almost = () => {
      jest.advanceTimersByTime(4_999);
      openGate(1);
    };
    const confirmed = async (fd: number) => {
      const report = await confirm(fd);
      setImmediate(almost);
      return report;
    };
    const result = await start({ ...launch, confirm: confirmed }, never(), almost, { timeout_ms: 5_000 });
    expect(result).toMatchObject({ exit_code: 5, ended: "exited", report: REPORT });
  });

  test("is ended by the limit: the time was over, and nothing is wrong with the sandbox", async () => {
    const result = await start(slowLaunch(": > ran"), never(), () => jest.advanceTimersByTime(5_000), {
      timeout_ms: 5_000,
    });
    expect(result).toMatchObject({ exit_code: TERM, ended: "timed_out", report: null });
    expect(existsSync(join(dir, "ran"))).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("is ended by an interrupt: that is what is told", async () => {
    const stop = new AbortController();
    const result = await start(slowLaunch(": > ran"), stop.signal, () => stop.abort());
    expect(result).toMatchObject({ exit_code: TERM, ended: "interrupted", report: null });
    expect(existsSync(join(dir, "ran"))).toBe(false);
  });
});

describe("a sandbox that could not be set up", () => {
  const broken = new SandboxError("nothing of it was run");

  /** Runs a launcher that closes its report without a word and stays; `then` comes when that was thrown. */
  async function fail(script: string, then: () => void) {
    let finished = 0;
    const { env, confirm } = launching("");
    const launch: Launch = {
      env,
      guarded: false,
      refused: () => [],
      leftovers: () => Promise.resolve([]),
      spent: () => Promise.resolve(null),
      argv: ["/bin/bash", "-c", `exec 3>&-; ${script}; : > survived`],
      confirm: (fd) =>
        confirm(fd).catch(() => {
          setImmediate(then);
          throw broken;
        }),
      finish: () => {
        finished++;
        return Promise.resolve([]);
      },
    };
    const running = start(launch, never(), () => {}, { timeout_ms: 5_000 });
    await expect(running).rejects.toBe(broken);
    expect(finished).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(existsSync(join(dir, "survived"))).toBe(false);
  }

  test("is thrown, once the launcher is ended", async () => {
    await fail("read -r _ < $GATE", openGate);
  });

  test("also when it hears no TERM", async () => {
    await fail("trap '' TERM; read -r _ < $GATE", () => {
      jest.advanceTimersByTime(GRACE_MS);
      openGate();
    });
  });
});
