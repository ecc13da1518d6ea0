import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Published programs from npm, by exact versions, once a machine; where the commands of their packages lie. */
export function installedPeers(versions: Record<string, string>): (command: string) => string {
  const root = join(tmpdir(), "moat-bench-peers");
  const wanted = Object.entries(versions).filter(([name]) => !existsSync(join(root, "node_modules", name)));
  if (wanted.length > 0) {
    mkdirSync(root, { recursive: true });
    const packages = wanted.map(([name, version]) => `${name}@${version}`);
    const done = Bun.spawnSync(["npm", "install", "--no-audit", "--no-fund", "--prefix", root, ...packages]);
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  }
  return (command) => join(root, "node_modules", ".bin", command);
}
