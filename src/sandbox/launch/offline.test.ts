// `moat-launch --offline`: a network with nothing in it, for the same process and the same user.
import { afterAll, describe, expect, test } from "bun:test";
import { become } from "../../../native/attacks/world.ts";
import { makeRange } from "../range.suite.ts";

const range = makeRange();
afterAll(range.end);
const uids = process.getuid?.() === 0 ? [0, 65534] : [process.getuid?.() ?? 0];

function offline(uid: number, ...command: string[]) {
  const done = Bun.spawnSync([...become(range.tools, uid), range.path, "--offline", "--", ...command], {
    env: { PATH: "/usr/bin:/bin" },
    stderr: "pipe",
  });
  return { exit: done.exitCode, out: done.stdout.toString().trim(), err: done.stderr.toString() };
}

describe.skipIf(!range.tiers.includes("ns"))("--offline", () => {
  for (const uid of uids) {
    test(`uid ${uid}: only loopback, which is up; the user stays who it was`, () => {
      const script =
        "ls /sys/class/net >/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; id -u; cat /proc/net/route | wc -l";
      expect(offline(uid, "/bin/sh", "-c", script)).toMatchObject({ exit: 0, out: `lo\n${uid}\n1` });
      const talk =
        "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()); print('up')";
      expect(offline(uid, "/usr/bin/python3", "-c", talk).out).toBe("up");
    });

    test(`uid ${uid}: it cannot go back to the network that it came from`, () => {
      const back = "nsenter --net=/proc/1/ns/net true || nsenter --net=/proc/$PPID/ns/net true";
      expect(offline(uid, "/bin/sh", "-c", back).exit).not.toBe(0);
    });
  }

  test("exit codes are the program's; one that is not there is 126, no program at all is the usage", () => {
    expect(offline(uids[0] ?? 0, "/bin/sh", "-c", "exit 7").exit).toBe(7);
    expect(offline(uids[0] ?? 0, "/proc/nowhere").exit).toBe(126);
    expect(Bun.spawnSync([range.path, "--offline", "--"], { stderr: "ignore" }).exitCode).toBe(125);
  });
});
