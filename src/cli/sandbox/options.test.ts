import { describe, expect, test } from "bun:test";
import type { Flags } from "../contract.ts";
import { sandboxOptions } from "./options.ts";

function options(flags: Flags, rest = ["true"], args: string[] = []) {
  const result = sandboxOptions(args, rest, flags);
  if (!result.ok) throw new Error(result.message);
  return result.options;
}

function message(flags: Flags, rest = ["true"], args: string[] = []): string {
  const result = sandboxOptions(args, rest, flags);
  return result.ok ? "" : result.message;
}

describe("sandboxOptions", () => {
  test("nothing given is as configured", () => {
    expect(options({})).toEqual({
      mode: null,
      cd: null,
      write: [],
      protect: [],
      hide: [],
      net: null,
      unix: null,
      memory: null,
      git: false,
      require: [],
      json: false,
      overrides: [],
      command: ["true"],
    });
  });

  test("modes, under both of their names", () => {
    expect(options({ "read-only": true }).mode).toBe("read-only");
    expect(options({ "full-access": true }).mode).toBe("danger-full-access");
    expect(options({ sandbox: "external" }).mode).toBe("external");
    expect(options({ sandbox: "read-only", "read-only": true }).mode).toBe("read-only");
    expect(message({ "read-only": true, "workspace-write": true })).toContain("choose one");
    expect(message({ sandbox: "open" })).toContain("--sandbox open: use read-only");
  });

  test("lists, and requirements that are written with commas", () => {
    const given = options({ write: ["a"], "add-dir": ["b"], hide: ["c"], require: ["fs,net", "carve"] });
    expect(given).toMatchObject({ write: ["a", "b"], hide: ["c"], require: ["fs", "net", "carve"] });
  });

  test("values that are not known are named", () => {
    expect(options({ net: "full", unix: "none" })).toMatchObject({ net: "full", unix: "none" });
    expect(options({ net: "proxy:a.com,*.b.com:22" })).toMatchObject({ net: { hosts: ["a.com", "*.b.com:22"] } });
    expect(message({ net: "proxy:" })).toContain("--net proxy:: use none, full or proxy:HOST,…");
    expect(message({ net: "some" })).toContain("--net some");
    expect(message({ net: "proxy:a.com,a..b" })).toContain('--net: "a..b" names no host');
    expect(message({ unix: "some" })).toContain("--unix some");
    expect(options({ "memory-limit": "1.5GB" })).toMatchObject({ memory: 1.5e9 });
    expect(options({ "memory-limit": "off" })).toMatchObject({ memory: "off" });
    expect(message({ "memory-limit": "1MB" })).toContain("--memory-limit 1MB: use a size of 64MB or more");
  });

  test("the command stands behind --", () => {
    expect(message({}, [], ["ls"])).toContain("moat sandbox -- ls");
    expect(message({}, [])).toContain("no command");
  });
});
