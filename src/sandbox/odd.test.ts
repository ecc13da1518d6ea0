// What is odd but happens: names with line ends, names that are no UTF-8, links, mounts that cannot be written, dev servers.
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlace, makeTestUser, offeredTiers, policyOf, runConfined } from "./fixture.ts";

const base = makePlace("odd");
afterAll(() => rmSync(base, { recursive: true, force: true }));
const path = process.env.PATH ?? "";
const write = ["/bin/sh", "-c", "echo x >written"];

/** A test server and its client in one `npm test`, as projects have them. */
const SELF_TEST = `
const http = require("node:http");
const server = http.createServer((request, response) => response.end("hello"));
server.listen(0, "127.0.0.1", async () => {
  const answer = await fetch("http://127.0.0.1:" + server.address().port);
  console.log("answer:", await answer.text());
  server.close();
});
`;

for (const [tier, sandbox] of await offeredTiers(join(base, "bin"))) {
  describe(tier, () => {
    test("a workspace whose name has a line end, quotes and spaces", async () => {
      const user = { ...makeTestUser(base, `${tier} a\nb "c' $(d)`), path };
      const ended = await runConfined(sandbox, write, await policyOf(user), user);
      expect(ended.exit_code).toBe(0);
      expect(readFileSync(join(user.workspace, "written"), "utf8")).toBe("x\n");
      const outside = await runConfined(sandbox, ["/bin/sh", "-c", "echo x >../escaped"], await policyOf(user), user);
      expect(outside.exit_code).not.toBe(0);
      expect(existsSync(join(user.workspace, "../escaped"))).toBe(false);
    });

    test("a symlinked workspace is written through its link", async () => {
      const user = { ...makeTestUser(base, `${tier}-real`), path };
      const link = join(base, `${tier}-link`);
      symlinkSync(user.workspace, link);
      const ended = await runConfined(sandbox, write, await policyOf({ ...user, workspace: link }), {
        ...user,
        cwd: link,
      });
      expect(ended.exit_code).toBe(0);
      expect(existsSync(join(user.workspace, "written"))).toBe(true);
    });

    test("files whose names are no UTF-8 are ordinary files in a workspace", async () => {
      const user = { ...makeTestUser(base, `${tier}-bytes`), path };
      const script = "mkdir \"$(printf 'd\\377')\" && echo x >\"$(printf 'd\\377/f\\376')\" && cat d*/f*";
      const ended = await runConfined(sandbox, ["/bin/sh", "-c", script], await policyOf(user), user);
      expect(ended).toMatchObject({ exit_code: 0, output: "x\n" });
    });

    test("a workspace whose own name is no UTF-8 is refused, not replaced by another one", async () => {
      const parent = join(base, `${tier}-odd`);
      mkdirSync(parent);
      execFileSync("/bin/sh", ["-c", `mkdir "$(printf 'w\\377')" && ln -s "$(printf 'w\\377')" link`], { cwd: parent });
      const user = { ...makeTestUser(base, `${tier}-odd-user`), workspace: join(parent, "link") };
      await expect(policyOf(user)).rejects.toThrow("is not a directory that can be opened");
    });

    const canMount =
      process.getuid?.() === 0 &&
      spawnSync("sh", ["-c", `mkdir -p ${base}/t && mount -t tmpfs x ${base}/t && umount ${base}/t`]).status === 0;
    test.skipIf(!canMount)("a workspace on a read-only mount: the mount is to blame, not the sandbox", async () => {
      const user = { ...makeTestUser(base, `${tier}-ro`), path };
      execFileSync("/bin/sh", ["-c", 'mount -t tmpfs -o ro x "$0"', user.workspace]);
      try {
        const ended = await runConfined(sandbox, write, await policyOf(user), user);
        expect(ended.exit_code).not.toBe(0);
        expect(ended.output).toContain("Read-only file system");
        expect(ended.denial).toBeNull();
      } finally {
        execFileSync("/bin/sh", ["-c", 'umount "$0"', user.workspace]);
      }
    });

    test.skipIf(!Bun.which("npm"))("npm test with a server on loopback", async () => {
      const user = { ...makeTestUser(base, `${tier}-npm`), path };
      writeFileSync(
        join(user.workspace, "package.json"),
        '{"name":"x","version":"1.0.0","scripts":{"test":"node test.js"}}',
      );
      writeFileSync(join(user.workspace, "test.js"), SELF_TEST);
      const ended = await runConfined(sandbox, ["npm", "test"], await policyOf(user), user);
      if (ended.report.loopback) {
        expect(ended.output).toContain("answer: hello");
        expect(ended).toMatchObject({ exit_code: 0, denial: null });
      } else {
        expect(ended.exit_code).not.toBe(0);
        expect(ended.denial).toMatchObject({ rule: "network_access", kind: "network" });
        expect(ended.denial?.explanation).toContain("loopback: false");
      }
    });

    test("a server outside is not reachable, and the explanation knows that it is there", async () => {
      const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("outside") });
      try {
        const user = { ...makeTestUser(base, `${tier}-net`), path };
        const script = `exec 3<>/dev/tcp/127.0.0.1/${server.port}`;
        const curl = `curl -sS http://127.0.0.1:${server.port}`;
        const ended = await runConfined(
          sandbox,
          ["/bin/bash", "-c", Bun.which("curl") ? curl : script],
          await policyOf(user),
          user,
        );
        expect(ended.output).not.toContain("outside");
        expect(ended.exit_code).not.toBe(0);
        if (Bun.which("curl")) expect(ended.denial?.rule).toBe("network_access");
      } finally {
        await server.stop(true);
      }
    });
  });
}
