import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzip, tar } from "../../../scripts/release/archive.ts";
import { archiveName, bareName, programName, TARGETS } from "../../../scripts/release/targets.ts";
import { type TempProject, tempProject } from "../../testkit/index.ts";

/** A place that serves releases, as the installer and `moat update` look for them. */
export interface Site extends Disposable {
  /** Address below which `latest/download` and `download/vX.Y.Z` lie. */
  url: string;
  /** Paths that were asked for. */
  asked: string[];
  /** Files that are served in the place of the release's own, by path below `url`; null: there is none. */
  instead: Map<string, Uint8Array | null>;
  /** The release that `latest` is. */
  latest: string;
}

/** A program that answers `--version`, as large as `weight` bytes that cannot be compressed. */
export function fakeProgram(version: string, weight = 0): Buffer {
  const noise = Buffer.alloc(weight);
  crypto.getRandomValues(noise);
  return Buffer.concat([Buffer.from(`#!/bin/sh\necho "moat ${version}"\nexit 0\n`), noise]);
}

/** Serves releases with these programs on a free port of 127.0.0.1; the last one is the latest. */
export function serveReleases(programs: Record<string, Uint8Array>): Site {
  const files = new Map<string, Uint8Array>();
  for (const [version, program] of Object.entries(programs)) {
    const sums: string[] = [];
    const put = (name: string, bytes: Uint8Array) => {
      files.set(`download/v${version}/${name}`, bytes);
      sums.push(`${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${name}\n`);
    };
    put("VERSION", Buffer.from(`${version}\n`));
    const bare = Bun.zstdCompressSync(program);
    for (const target of TARGETS) {
      put(archiveName(target), gzip(tar([{ path: programName(target), bytes: program, mode: 0o755 }], 0)));
      put(bareName(target), bare);
    }
    files.set(`download/v${version}/SHA256SUMS`, Buffer.from(sums.join("")));
  }
  const site = { asked: [] as string[], instead: new Map(), latest: Object.keys(programs).at(-1) ?? "" };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const path = new URL(url).pathname.slice(1);
      site.asked.push(path);
      const real = path.replace(/^latest\/download\//, `download/v${site.latest}/`);
      const bytes = site.instead.has(real) ? site.instead.get(real) : files.get(real);
      return bytes ? new Response(new Uint8Array(bytes)) : new Response("none", { status: 404 });
    },
  });
  return Object.assign(site, {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.dispose]: () => void server.stop(true),
  }) as Site;
}

/** Everything below a directory, by path: mode and content. Two that are equal mean that nothing changed. */
export function snapshot(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(directory, name);
      const { mode } = statSync(path);
      return [name, `${mode.toString(8)} ${statSync(path).isFile() ? readFileSync(path, "latin1") : ""}`];
    }),
  );
}

/** What install.sh may use of a machine, beside what downloads. */
const TOOLS =
  "awk cat chmod cmp cut dirname getconf grep head id ls mkdir mktemp mv rm sed sha256sum sh sysctl tail tar gzip touch uname cp".split(
    " ",
  );

/** A PATH with these tools beside the usual ones, and with scripts in the place of some; nothing else is found there. */
export function pathWith(there: TempProject, tools: string[], fakes: Record<string, string> = {}): string {
  for (const name of [...TOOLS, ...tools]) {
    const found = Bun.which(name);
    if (found !== null && !(name in fakes)) there.write(`bin/${name}`, `#!/bin/sh\nexec ${found} "$@"\n`, 0o755);
  }
  for (const [name, script] of Object.entries(fakes)) there.write(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  return there.path("bin");
}

/** A directory that any user may read, with a home in it. */
export function openProject(): TempProject {
  const there = tempProject({ "home/.keep": "" });
  Bun.spawnSync(["chmod", "-R", "a+rwX", there.dir]);
  return there;
}
