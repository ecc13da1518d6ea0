import { resolve } from "node:path";
import type { Override, Setting } from "../config/index.ts";
import type { OpenOptions } from "../open/index.ts";
import type { ApprovalPolicy } from "../protocol/index.ts";
import type { Flags } from "./contract.ts";

/** What the flags of a front end say about its thread. */
export type ModeSettings = Required<
  Pick<
    OpenOptions,
    "overrides" | "profile" | "strict" | "trust" | "approval_policy" | "free_patches" | "plan" | "add_dirs" | "oss"
  >
> & {
  /** File of instructions that is to be read, absolute. */
  project_doc: string | null;
};

/** The settings, or what is wrong with the command line (exit code 2). */
export type ModeResult = { ok: true; mode: ModeSettings } | { ok: false; message: string };

type Preset = "suggest" | "auto-edit" | "full-auto";
const PRESETS: readonly Preset[] = ["suggest", "auto-edit", "full-auto"];

/** Seed names of the sandbox (seed-rows S10): where writing was restricted, the working directory stayed writable. */
const SEED_POLICIES: Record<string, [key: string, value: unknown][]> = {
  "network-restricted": [
    ["sandbox_mode", "workspace-write"],
    ["sandbox_workspace_write.writable_roots", ["/"]],
  ],
  "file-write-restricted": [
    ["sandbox_mode", "workspace-write"],
    ["sandbox_workspace_write.network_access", true],
  ],
  "network-and-file-write-restricted": [["sandbox_mode", "workspace-write"]],
  "dangerous-no-restrictions": [["sandbox_mode", "danger-full-access"]],
};

/** A setting of a flag; `key` is dotted, and no part of it holds a dot. */
function setting(from: string, key: string, value: unknown): Setting {
  return { keys: key.split("."), value, from };
}

/** No sandbox and no questions, under today's name and that of the TypeScript CLI. */
const BYPASS = ["dangerously-bypass-approvals-and-sandbox", "dangerously-auto-approve-everything"];

/** Policies by the names that `-a` takes; `unless-allow-listed` is the first name of `untrusted`. */
const APPROVALS: Record<string, ApprovalPolicy> = {
  untrusted: "untrusted",
  "unless-allow-listed": "untrusted",
  "on-failure": "on-failure",
  "on-request": "on-request",
  never: "never",
};

/**
 * Reads the flags that say how a thread works. `attended`: a person can be asked; without one `--full-auto` asks nobody.
 * Pure; `disable_project_doc` is what CODEX_DISABLE_PROJECT_DOC says.
 */
export function readModeFlags(
  flags: Flags,
  where: { cwd: string; attended: boolean; disable_project_doc: boolean },
): ModeResult {
  const refused = refusal(flags);
  if (refused !== null) return { ok: false, message: refused };
  const preset = presetOf(flags);
  if (preset !== null && !isPreset(preset)) {
    return { ok: false, message: `--approval-mode ${preset}: use ${PRESETS.join(", ")}` };
  }
  const seed = sandboxPolicy(text(flags["sandbox-policy"]));
  if (seed === null) {
    const known = Object.keys(SEED_POLICIES).join(", ");
    return { ok: false, message: `--sandbox-policy ${text(flags["sandbox-policy"])}: use ${known}` };
  }
  const asked = text(flags["ask-for-approval"]);
  if (asked !== null && !Object.hasOwn(APPROVALS, asked)) {
    return { ok: false, message: `-a ${asked}: use ${Object.keys(APPROVALS).join(", ")}` };
  }
  const bypass = preset !== "full-auto" && BYPASS.some((name) => flags[name] === true);
  const given = asked === null ? null : (APPROVALS[asked] ?? null);
  const project_doc = text(flags["project-doc"]);
  const mode: ModeSettings = {
    overrides: [
      ...list(flags.config),
      ...presetSandbox(preset, bypass),
      ...seed,
      ...plainOverrides(flags),
      ...(flags["no-project-doc"] || where.disable_project_doc
        ? [setting("--no-project-doc", "project_doc_max_bytes", 0)]
        : []),
    ],
    profile: text(flags.profile),
    strict: flags["strict-config"] === true,
    trust: flags.trust === true,
    approval_policy: given ?? presetApproval(preset, bypass, where.attended),
    free_patches: preset === "auto-edit",
    plan: flags["no-plan"] === true ? false : flags.plan === true ? true : null,
    add_dirs: [...list(flags["add-dir"]), ...list(flags["writable-root"])].map((dir) => resolve(where.cwd, dir)),
    project_doc: project_doc === null ? null : resolve(where.cwd, project_doc),
    oss: flags.oss === true && text(flags["local-provider"]) === null && text(flags.provider) === null,
  };
  return { ok: true, mode };
}

const text = (value: Flags[string]): string | null => (typeof value === "string" ? value : null);
const list = (value: Flags[string]): string[] => (Array.isArray(value) ? value : []);
const isPreset = (word: string): word is Preset => PRESETS.some((known) => known === word);

function refusal(flags: Flags): string | null {
  if (flags["approve-for-me"])
    return "--approve-for-me is not available yet: nothing here judges in your place; use -c approval_policy=… or rules";
  if (flags["dangerously-bypass-hook-trust"])
    return "--dangerously-bypass-hook-trust is not available: --trust uses the project's files, hooks included, this once";
  return null;
}

/** The narrowest when several are given. */
function presetOf(flags: Flags): string | null {
  return PRESETS.find((name) => flags[name] === true) ?? text(flags["approval-mode"]);
}

/** -s, --model and their like, which win over a preset. */
function plainOverrides(flags: Flags): Override[] {
  const set = (key: string, flag: string) =>
    typeof flags[flag] === "string" ? [setting(`--${flag} ${flags[flag]}`, key, flags[flag])] : [];
  return [
    ...set("model", "model"),
    ...set("model_provider", "provider"),
    ...set("model_provider", "local-provider"),
    ...set("model_reasoning_effort", "reasoning"),
    ...set("sandbox_mode", "sandbox"),
    ...set("undo", "undo"),
    ...(flags.search ? [setting("--search", "web_search", "live")] : []),
    ...(flags["flex-mode"] ? [setting("--flex-mode", "service_tier", "flex")] : []),
    ...list(flags.enable).map((name) => setting(`--enable ${name}`, `features.${name}`, true)),
    ...list(flags.disable).map((name) => setting(`--disable ${name}`, `features.${name}`, false)),
  ];
}

function sandboxPolicy(name: string | null): Override[] | null {
  if (name === null) return [];
  if (!Object.hasOwn(SEED_POLICIES, name)) return null;
  return (SEED_POLICIES[name] ?? []).map(([key, value]) => setting(`--sandbox-policy ${name}`, key, value));
}

function presetSandbox(preset: Preset | null, bypass: boolean): Override[] {
  if (bypass) return [setting("--dangerously-bypass-approvals-and-sandbox", "sandbox_mode", "danger-full-access")];
  if (preset === null) return [];
  return [setting(`--${preset}`, "sandbox_mode", preset === "suggest" ? "read-only" : "workspace-write")];
}

function presetApproval(preset: Preset | null, bypass: boolean, attended: boolean): ApprovalPolicy | null {
  if (bypass) return "never";
  if (preset === null) return null;
  if (preset !== "full-auto") return "untrusted";
  return attended ? "on-request" : "never";
}
