import { describe, expect, test } from "bun:test";
import { SandboxError, type SandboxPolicy } from "./contract.ts";
import { seatbeltProfile, seatbeltSandbox } from "./seatbelt.ts";

const policy: SandboxPolicy = {
  mode: "workspace-write",
  writable: ["/Users/u/work", "/tmp"],
  protected: ["/Users/u/work/.git", "/Users/u/work/.vscode/settings.json"],
  hidden: ["/Users/u/.ssh"],
  net: "none",
  stand_ins: [],
  own: [],
  unix: "masked",
  require: [],
};

function profile(changes: Partial<SandboxPolicy> = {}): string {
  const result = seatbeltProfile({ ...policy, ...changes });
  if (!result.ok) throw new Error(result.message);
  return result.profile;
}

/** Positions of the texts, each of which must be there. */
function order(text: string, ...parts: string[]): void {
  const found = parts.map((part) => text.indexOf(part));
  expect(found).not.toContain(-1);
  expect(found).toEqual([...found].sort((a, b) => a - b));
}

describe("writing", () => {
  test("everything is denied first, then roots, then places in them, then what is hidden", () => {
    order(
      profile(),
      "(deny default)",
      "(allow file-read*)",
      '(allow file-write* (subpath "/Users/u/work"))',
      '(deny file-write* (literal "/Users/u/work/.git") (subpath "/Users/u/work/.git"))',
      '(deny file-read* file-write* (literal "/Users/u/.ssh") (subpath "/Users/u/.ssh"))',
    );
  });

  test("what holds a protected place cannot be moved away", () => {
    expect(profile()).toContain('(deny file-write-unlink (literal "/Users/u/work/.vscode") (literal "/Users/u/work"))');
  });

  test("a root inside a protected place has the last word, and its own places after it", () => {
    const text = profile({
      writable: ["/w", "/w/.git/modules/x"],
      protected: ["/w/.git/modules/x/hooks", "/w/.git"],
    });
    order(
      text,
      '(allow file-write* (subpath "/w"))',
      '(deny file-write* (literal "/w/.git")',
      '(allow file-write* (subpath "/w/.git/modules/x"))',
      '(deny file-write* (literal "/w/.git/modules/x/hooks")',
    );
  });

  test("links of every Mac are resolved", () => {
    expect(profile()).toContain('(subpath "/private/tmp")');
    expect(profile({ writable: ["/var/folders/x/T", "/variable"] })).toContain('"/private/var/folders/x/T"');
    expect(profile({ writable: ["/variable"] })).toContain('"/variable"');
  });

  test("read-only writes nowhere but to devices", () => {
    const text = profile({ mode: "read-only", writable: [], protected: [] });
    expect(text).not.toContain("(allow file-write* (subpath");
  });
});

describe("names", () => {
  test("quotes and backslashes cannot end the string", () => {
    const text = profile({ writable: ['/w/a") (allow default) ("\\'], protected: [] });
    expect(text).toContain('(subpath "/w/a\\") (allow default) (\\"\\\\")');
  });

  test("a control character is refused", () => {
    for (const name of ["/w/a\nb", "/w/a\0b", "/w/a\rb"]) {
      expect(seatbeltProfile({ ...policy, hidden: [name] })).toMatchObject({ ok: false });
    }
  });
});

describe("network", () => {
  test("none is loopback only, and sockets in writable places", () => {
    const text = profile();
    expect(text).toContain('(allow network-outbound (remote ip "localhost:*"))');
    expect(text).not.toContain("(allow network*)");
    expect(text).toContain(
      '(allow network-outbound (remote unix-socket (subpath "/Users/u/work") (subpath "/private/tmp")))',
    );
    expect(profile({ unix: "none" })).not.toContain("unix-socket");
  });

  test("full opens it, and still not the sockets of other programs", () => {
    order(
      profile({ net: "full" }),
      "(allow network*)",
      "(deny network* (local unix-socket)",
      "(allow network-outbound",
    );
    expect(profile({ net: "full", unix: "allow" })).not.toContain("(deny network*");
  });
});

describe("launch", () => {
  test("uses the system's own program, and refuses what it cannot enforce", () => {
    const sandbox = seatbeltSandbox();
    const { argv } = sandbox.launch(["true"], policy, "/", {});
    expect(argv.slice(0, 3)).toEqual(["/usr/bin/sandbox-exec", "-p", profile()]);
    expect(argv.at(-1)).toBe("true");
    expect(() => sandbox.launch(["true"], { ...policy, require: ["tree_kill"] }, "/", {})).toThrow(SandboxError);
    expect(() => sandbox.launch(["true"], { ...policy, require: ["net", "fs", "carve"] }, "/", {})).not.toThrow();
    expect(() => sandbox.launch(["true"], { ...policy, net: { hosts: ["a.example"] } }, "/", {})).toThrow(SandboxError);
    expect(() => sandbox.launch(["true"], { ...policy, net: "full", require: ["net"] }, "/", {})).toThrow(SandboxError);
  });
});
