import { describe, expect, test } from "bun:test";
import type { Flags } from "./contract.ts";
import { readModeFlags } from "./mode-flags.ts";

function read(flags: Flags, attended = true) {
  const result = readModeFlags(flags, { cwd: "/w", attended, disable_project_doc: false });
  if (!result.ok) throw new Error(result.message);
  return result.mode;
}
/** Settings as `-c` would have them. */
const settings = (flags: Flags) =>
  read(flags).overrides.map((one) =>
    typeof one === "string" ? one : `${one.keys.join(".")}=${JSON.stringify(one.value)}`,
  );
const message = (flags: Flags) => {
  const result = readModeFlags(flags, { cwd: "/w", attended: true, disable_project_doc: false });
  return result.ok ? null : result.message;
};

describe("flags that say how a thread works", () => {
  test("none: nothing is decided", () => {
    expect(read({})).toEqual({
      overrides: [],
      approval_policy: null,
      free_patches: false,
      plan: null,
      add_dirs: [],
      project_doc: null,
      oss: false,
      profile: null,
      strict: false,
      trust: false,
    });
  });

  test("the three modes of the TypeScript CLI, as switches and by name", () => {
    const modes = { suggest: "read-only", "auto-edit": "workspace-write", "full-auto": "workspace-write" };
    for (const [name, sandbox] of Object.entries(modes)) {
      const mode = read({ [name]: true });
      expect(mode).toEqual(read({ "approval-mode": name }));
      expect(settings({ [name]: true })).toEqual([`sandbox_mode="${sandbox}"`]);
      expect(mode.free_patches).toBe(name === "auto-edit");
    }
    expect(read({ suggest: true }).approval_policy).toBe("untrusted");
    expect(read({ "full-auto": true }).approval_policy).toBe("on-request");
    expect(read({ "full-auto": true }, false).approval_policy).toBe("never");
    expect(message({ "approval-mode": "yolo" })).toContain("suggest, auto-edit, full-auto");
  });

  test("no sandbox and no questions; --full-auto wins over it", () => {
    const bypass = { "dangerously-bypass-approvals-and-sandbox": true } as const;
    expect(read(bypass).approval_policy).toBe("never");
    expect(settings(bypass)).toEqual(['sandbox_mode="danger-full-access"']);
    expect(settings({ ...bypass, "full-auto": true })).toEqual(['sandbox_mode="workspace-write"']);
  });

  test("-s and -a win over a mode; the old policy name is known", () => {
    const flags = { "full-auto": true, sandbox: "read-only", "ask-for-approval": "unless-allow-listed" } as const;
    expect(settings(flags).at(-1)).toBe('sandbox_mode="read-only"');
    expect(read(flags).approval_policy).toBe("untrusted");
    expect(message({ "ask-for-approval": "maybe" })).toContain("on-request");
  });

  test("the sandbox by the names of the first Rust CLI", () => {
    expect(settings({ "sandbox-policy": "network-restricted" })).toContain(
      'sandbox_workspace_write.writable_roots=["/"]',
    );
    expect(settings({ "sandbox-policy": "dangerous-no-restrictions" })).toEqual(['sandbox_mode="danger-full-access"']);
    expect(message({ "sandbox-policy": "constructor" })).toContain("file-write-restricted");
  });

  test("directories and documents are meant from the working directory", () => {
    const mode = read({ "add-dir": ["a"], "writable-root": ["/b"], "project-doc": "doc.md" });
    expect(mode).toMatchObject({ add_dirs: ["/w/a", "/b"], project_doc: "/w/doc.md" });
    expect(settings({ "no-project-doc": true })).toEqual(["project_doc_max_bytes=0"]);
  });

  test("-c comes first, the flags after it", () => {
    expect(settings({ config: ["model=a"], model: "b", reasoning: "low", "flex-mode": true, enable: ["x"] })).toEqual([
      "model=a",
      'model="b"',
      'model_reasoning_effort="low"',
      'service_tier="flex"',
      "features.x=true",
    ]);
  });

  test("what does not exist is refused with what to do instead", () => {
    expect(message({ "approve-for-me": true })).toContain("not available yet");
    expect(message({ "dangerously-bypass-hook-trust": true })).toContain("--trust");
  });
});
