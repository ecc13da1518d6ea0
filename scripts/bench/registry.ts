/** What an answer of a registry was, kept in memory. */
interface Kept {
  status: number;
  type: string;
  body: ArrayBuffer;
}

/**
 * A registry of npm packages on this machine that asks the real one for what it does not have yet: the second time nothing depends
 * on the network. null: this machine has no npm.
 */
export function keepingRegistry(): { url: string; [Symbol.dispose](): void } | null {
  if (!Bun.which("npm")) return null;
  const upstream = Bun.spawnSync(["npm", "config", "get", "registry"]).stdout.toString().trim().replace(/\/$/, "");
  const known = new Map<string, Promise<Kept>>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 120,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const answer = known.get(pathname) ?? ask(`${upstream}${pathname}`);
      known.set(pathname, answer);
      const { status, type, body } = await answer;
      return new Response(body, { status, headers: { "content-type": type } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/`, [Symbol.dispose]: () => void server.stop(true) };
}

async function ask(url: string): Promise<Kept> {
  const answer = await fetch(url);
  const type = answer.headers.get("content-type") ?? "application/octet-stream";
  return { status: answer.status, type, body: await answer.arrayBuffer() };
}
