// Directories and policies for the tests of what a policy resolves to.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxPolicy } from "./contract.ts";
import { type PolicyInput, resolvePolicy } from "./policy.ts";

/** A place on the disk, and policies that are resolved there. */
export function makePlaceIn() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-policy-")));

  function directory(...parts: string[]): string {
    const path = join(base, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  function git(cwd: string, ...args: string[]): void {
    const identity = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
    execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore", env: { PATH: process.env.PATH, HOME: base } });
  }

  function repository(name: string): string {
    const path = directory(name);
    git(path, "init", "-q");
    git(path, "commit", "-q", "--allow-empty", "-m", "first");
    return path;
  }

  function input(cwd: string, changes: Partial<PolicyInput> = {}): PolicyInput {
    return {
      mode: "workspace-write",
      cwd,
      home: join(base, "nobody"),
      moat_home: join(base, "nobody", ".moat"),
      tmpdir: null,
      writable_roots: [],
      network_access: false,
      exclude_slash_tmp: true,
      hidden_paths: [],
      exclude_tmpdir_env_var: false,
      ...changes,
    };
  }

  async function policy(cwd: string, changes: Partial<PolicyInput> = {}): Promise<SandboxPolicy> {
    const result = await resolvePolicy(input(cwd, changes));
    if (!result.ok) throw new Error(result.message);
    return result.policy;
  }

  async function refusal(cwd: string, changes: Partial<PolicyInput>): Promise<string> {
    const result = await resolvePolicy(input(cwd, changes));
    if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.policy)}`);
    return result.message;
  }

  const end = () => rmSync(base, { recursive: true, force: true });
  return { base, directory, git, repository, input, policy, refusal, end };
}
