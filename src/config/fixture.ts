import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Secrets } from "../base/index.ts";
import { type ConfigResult, loadConfig } from "./load.ts";
import type { LoadInput } from "./load-input.ts";

/** A throw-away home and project for tests: `home/.moat` is MOAT_HOME, `home/work` a repository. */
export class Fixture {
  readonly root = mkdtempSync(join(tmpdir(), "moat-config-"));
  readonly home = join(this.root, "home");
  readonly moat_home = join(this.home, ".moat");
  readonly project = join(this.home, "work");

  constructor() {
    mkdirSync(join(this.project, ".git"), { recursive: true });
  }

  /** Writes a file below `home`; directories are made. Returns its path. */
  write(file: string, text: string, mode?: number): string {
    const path = join(this.home, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  load(input: Partial<LoadInput> = {}): Promise<ConfigResult> {
    return loadConfig({
      moat_home: this.moat_home,
      home: this.home,
      cwd: this.project,
      env: {},
      overrides: [],
      profile: null,
      strict: false,
      ignore_user: false,
      trust: false,
      secrets: new Secrets(),
      requirements_path: join(this.root, "requirements.toml"),
      ...input,
    });
  }

  /** The configuration, or an exception that carries what was wrong. */
  async loaded(input: Partial<LoadInput> = {}): Promise<Extract<ConfigResult, { ok: true }>> {
    const result = await this.load(input);
    if (!result.ok) throw new Error(result.errors.map((error) => error.message).join("\n"));
    return result;
  }

  async errors(input: Partial<LoadInput> = {}): Promise<Extract<ConfigResult, { ok: false }>["errors"]> {
    const result = await this.load(input);
    if (result.ok) throw new Error("loaded, although an error was expected");
    return result.errors;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
