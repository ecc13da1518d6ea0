import { describe, expect, test } from "bun:test";
import { SandboxError, type SandboxPolicy } from "./contract.ts";
import { encodeOrders, negotiate, type Orders, parseAnswer, parseEnd } from "./control.ts";

const policy: SandboxPolicy = {
  mode: "workspace-write",
  writable: ["/w", "/tmp"],
  protected: ["/w/.git", "/w/.moat", "/w/HEAD"],
  own: [],
  stand_ins: ["/h/.ssh"],
  hidden: ["/h/.aws"],
  net: "none",
  unix: "masked",
  require: ["fs", "net"],
};
const orders: Orders = { tier: "ns", policy, guarded: [], absent: [], clear: [], cwd: "/w", merge: false, parent: 7 };
const records = (changes: Partial<Orders> = {}) => {
  const text = new TextDecoder().decode(encodeOrders({ ...orders, ...changes }));
  expect(text).toEndWith("\0");
  return text.slice(0, -1).split("\0");
};

describe("orders", () => {
  test("say all of the policy, place by place", () => {
    expect(records()).toEqual([
      "moat 1",
      "tier ns",
      "mode workspace-write",
      "net none",
      "unix masked",
      "cwd /w",
      "parent 7",
      "write /w",
      "write /tmp",
      "protect /w/.git",
      "protect /w/.moat",
      "protect /w/HEAD",
      "hide /h/.aws",
      "require fs",
      "require net",
      "end",
    ]);
  });

  test("leave to the guard what is the guard's, and join the streams when they are to be", () => {
    const found = records({ guarded: ["/w/.git"], absent: ["/w/HEAD"], clear: ["/h/.config"], merge: true });
    expect(found.slice(9, 13)).toEqual(["protect /w/.moat", "guard /w/.git", "absent /w/HEAD", "clear /h/.config"]);
    expect(found.slice(-2)).toEqual(["merge", "end"]);
  });

  test("name a process of another network only where there is one", () => {
    expect(records({ beside: 8 }).slice(6, 8)).toEqual(["parent 7", "beside 8"]);
    expect(records({ beside: null })).toEqual(records());
  });

  test("name the ports that lead out to single hosts", () => {
    const net = { hosts: ["a.example", "localhost:5432"] };
    const found = records({ policy: { ...policy, net }, ports: [17480, 5432] });
    expect(found.slice(3, 6)).toEqual(["net hosts", "port 17480", "port 5432"]);
  });

  test("cannot be cut short by a name", () => {
    expect(() => encodeOrders({ ...orders, cwd: "/w\0mode full" })).toThrow(
      new SandboxError('a path of the policy holds a NUL byte: "cwd /w\\u0000mode full"'),
    );
    expect(() => encodeOrders({ ...orders, cwd: "/w\ud800" })).toThrow("holds half of a surrogate pair");
  });
});

describe("an answer", () => {
  const report = {
    ...{
      tier: "ns",
      abi: 7,
      fs: "workspace-write",
      carve: true,
      carve_absent: false,
      hidden: true,
      hidden_absent: true,
    },
    ...{ metadata: true, net: "none", unix: "masked", loopback: true, ipc: true, tree_kill: true },
  };
  const parse = (value: unknown) => parseAnswer(JSON.stringify(value));

  test("is a report when each of its fields is what it should be", () => {
    expect(parse(report)).toEqual(report as ReturnType<typeof parse>);
    for (const name of Object.keys(report)) {
      const wrong = { ...report, [name]: null };
      expect([name, parse(wrong)]).toEqual([name, expect.any(SandboxError)]);
    }
  });

  test("is an error in the launcher's own words", () => {
    expect(parse({ error: "no room" })).toEqual(
      new SandboxError("the sandbox could not be set up, so the command was not started: no room"),
    );
  });

  test("is an error when there is none, or it is something else", () => {
    expect(parseAnswer("")).toEqual(
      new SandboxError("the sandbox launcher ended without a report: the command was not started"),
    );
    for (const text of ["null", "3", "{}", "x".repeat(300)]) {
      expect(parseAnswer(text)).toEqual(
        new SandboxError(
          `the sandbox launcher gave an answer that is no report: ${JSON.stringify(text.slice(0, 200))}`,
        ),
      );
    }
  });
});

test("a launcher that talks without end is given up", async () => {
  const child = Bun.spawn(["sh", "-c", "head -c 70000 /dev/zero >&3; exec sleep 600"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const talk = negotiate(child.stdio[3] as unknown as number, Buffer.from("end\0"));
  await expect(talk.report).rejects.toThrow("gave an answer that is no report");
  await talk.ended;
  child.kill("SIGKILL");
});

describe("what is said at the end", () => {
  const left = { left: 7, command: "sleep 1", cut: false };
  const lines = (...told: unknown[]) => told.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));

  test("is what was left running, and nothing of any other line", () => {
    expect(parseEnd(lines(left)).leftovers).toEqual([{ pid: 7, command: "sleep 1", cut: false }]);
    for (const line of ["", "null", "3", "{", '{"error":"x"}', JSON.stringify({ ...left, left: "7" })])
      expect([line, parseEnd([line])]).toEqual([line, { leftovers: [], spent: null }]);
  });

  test("is what the command took, as the first knows it, and the signal that ended it", () => {
    const spent = { user_us: 1500, system_us: 500, peak_kib: 2 };
    const taken = { user_ms: 1.5, system_ms: 0.5, peak_memory_bytes: 2048 };
    expect(parseEnd(lines(spent, { ...spent, user_us: 9 }, ""))).toEqual({ leftovers: [], spent: taken });
    expect(parseEnd(lines({ signal: 9 }, left, spent)).spent).toEqual({ ...taken, signal: 9 });
    expect(parseEnd(lines({ signal: 9 }, { ...spent, peak_kib: "2" })).spent).toBeNull();
  });
});
