// ./scripts/test bare [SUITE…]: machines that have nothing. Debian's roots (bookworm and bullseye unless others are named) are made with
// debootstrap, once, in dist/roots; install.sh and the program run in them from a server on 127.0.0.1, as root and as nobody, in a mount
// namespace whose root they are. Takes `dist/release` of `bun run dist --target linux-x64 --quick`, which it builds when it is missing.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { respond, say, startModelServer } from "../src/testkit/index.ts";
import { root, run } from "./build/binary.ts";
import { debName } from "./release/packages/deb.ts";
import { hostTarget } from "./release/targets.ts";

const suites = process.argv.length > 2 ? process.argv.slice(2) : ["bookworm", "bullseye"];
const release = join(root, "dist", "release");

/** What a root has beside Debian's smallest system: what install.sh and the demo's project need. */
const PACKAGES = "curl,git,ca-certificates";

/** In the namespace: the root takes the place of everything, with the machine's /proc, /dev and /sys. */
const ENTER = `set -eu
mount --rbind "$1" "$1"
mkdir -p "$1/old"
for place in dev sys; do mount --rbind "/$place" "$1/$place"; done
mount -t proc proc "$1/proc"
cd "$1"
pivot_root . old
umount -l /old
shift
exec /bin/sh -c "$@"`;

/** Inside, as whoever it is: nothing to build with is there, one line installs, and everything works. */
const INSIDE = `set -eu
for tool in node bun npm gcc cc; do
  if command -v "$tool" >/dev/null; then echo "$tool is here: this is no bare machine"; exit 1; fi
done
rm -rf "$HOME" && mkdir -p "$HOME/project" && cd "$HOME/project"
begin=$(date +%s%N)
curl -fsSL "$URL/latest/download/install.sh" | sh -s -- --base-url "$URL" --quiet
"$HOME/.local/bin/moat" demo >"$HOME/demo"
printf 'from nothing to the end of the demo: %s ms\\n' "$((($(date +%s%N) - begin) / 1000000))"
grep -c 'What really happened' "$HOME/demo" >/dev/null
PATH=$HOME/.local/bin:$PATH
moat --version
moat sandbox doctor >"$HOME/doctor" || { cat "$HOME/doctor"; exit 1; }
head -n 1 "$HOME/doctor"
git init -q && moat exec hello`;

/** As root, the Debian package: installed with its dependencies, found by \`moat update\`, removed without a trace. */
const PACKAGE = `
curl -fsSL -o /tmp/moat.deb "$URL/latest/download/$DEB"
dpkg -i /tmp/moat.deb >/dev/null
/usr/bin/moat --version
MOAT_BASE_URL=$URL /usr/bin/moat update --version 9.9.9 2>&1 | grep -o 'belongs to Debian.s package manager'
dpkg -P moat >/dev/null
if [ -e /usr/bin/moat ] || [ -e /usr/share/doc/moat ]; then exit 1; fi
echo 'the package was installed and removed'`;

/** Makes a root once. */
function makeRoot(suite: string): string {
  const directory = join(root, "dist", "roots", suite);
  if (existsSync(join(directory, "usr", "bin", "curl"))) return directory;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  console.log(`${suite}: debootstrap (a few minutes, once)`);
  run(["debootstrap", "--variant=minbase", `--include=${PACKAGES}`, suite, directory], `debootstrap ${suite}`);
  return directory;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Runs everything as one user; gives what was printed, or throws with it. */
async function inside(directory: string, uid: number, env: Record<string, string>): Promise<string> {
  const become = uid === 0 ? "" : `exec setpriv --reuid=${uid} --regid=${uid} --clear-groups `;
  const home = `/home/bare-${uid}`;
  const script = uid === 0 ? `${INSIDE}${PACKAGE}` : INSIDE;
  const place = `mkdir -p ${home} && chown ${uid} ${home} && mkdir -p /home && chmod 777 /home && `;
  const words = ["unshare", "-m", "sh", "-c", ENTER, "sh", directory, `${place}${become}/bin/sh -c ${quoted(script)}`];
  const child = Bun.spawn(words, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: home, TERM: "dumb", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`ended with ${child.exitCode}:\n${out}${err}`);
  return out.trim();
}

if (!existsSync(join(release, debName(hostTarget()))))
  run([process.execPath, "scripts/release.ts", "--quick", "--target", hostTarget().name], "bun run dist");
const served = { bytes: 0 };
using server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch({ url }) {
    const file = join(release, new URL(url).pathname.replace(/^\/latest\/download\//, ""));
    if (!existsSync(file)) return new Response("none", { status: 404 });
    const bytes = readFileSync(file);
    served.bytes += bytes.length;
    return new Response(new Uint8Array(bytes));
  },
});
const model = await startModelServer(() => respond(say("a turn was done")));
let [passed, failed] = [0, 0];
for (const suite of suites) {
  const directory = makeRoot(suite);
  for (const uid of [0, 65534]) {
    served.bytes = 0;
    try {
      const env = {
        DEB: debName(hostTarget()),
        URL: `http://127.0.0.1:${server.port}`,
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: "sk-bare",
      };
      const out = await inside(directory, uid, env);
      if (!out.includes("a turn was done")) throw new Error(out);
      passed++;
      console.log(`ok    ${suite}, uid ${uid}: ${out.replaceAll("\n", " · ")} · ${(served.bytes / 1e6).toFixed(1)} MB`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${suite}, uid ${uid}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
model.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
