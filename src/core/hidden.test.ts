// `hidden_paths` of the configuration, as the model meets it.
import { describe, expect, test } from "bun:test";
import { call, callCustom, respond, say, tempProject } from "../testkit/index.ts";
import { play, stage, turnOf } from "./harness.suite.ts";

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const run = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
const patch = (id: string) =>
  callCustom("apply_patch", "*** Begin Patch\n*** Update File: .env\n@@\n-KEY=wrong\n+KEY=x\n*** End Patch", id);

describe("a hidden path", () => {
  test("is read by no command, shown by no patch that does not fit, and not looked at as an image", async () => {
    const project = tempProject({ ".env": "KEY=S3CRET\n", "open.txt": "plain\n" });
    project.write("private/shot.png", PIXEL);
    const calls = [run("cat .env open.txt", "a"), patch("b"), call("view_image", { path: "private/shot.png" }, "c")];
    using s = await stage([respond(...calls), respond(say("ok"))], {
      project,
      settings: {
        approval_policy: "never",
        sandbox_workspace_write: {
          writable_roots: [],
          network_access: false,
          exclude_slash_tmp: true,
          exclude_tmpdir_env_var: true,
          hidden_paths: [".env", "private"],
        },
      },
    });
    const { outputs } = await play(s, [turnOf("go")], () => null);
    expect(outputs.get("a")).toContain("plain");
    expect(outputs.get("a")).toContain("Permission denied");
    expect([...outputs.values()].join()).not.toContain("S3CRET");
    expect(outputs.get("b")).toContain("protected");
    expect(project.read(".env")).toBe("KEY=S3CRET\n");
    expect(outputs.get("c")).not.toContain("data:image");
  });
});
