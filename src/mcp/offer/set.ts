import type { ToolSpec } from "../../protocol/index.ts";
import type { ToolServers, ToolSet } from "../../tools/index.ts";
import type { ServerConfig, ServerWorld } from "../contract.ts";
import { ToolServer } from "../server/server.ts";
import { areMany, findTool, type KnownTool, knownTools, specOf } from "./catalog.ts";
import { LOOKUP, lookupSpecs } from "./lookup-specs.ts";
import { RESOURCES, resourceSpecs } from "./resource-specs.ts";

/**
 * moat's own tools and those of servers. What servers offer is known from the last time, so that no request waits for them; one that
 * is not known yet is asked while the first request is on its way.
 */
export function withServers(own: ToolSet, configs: readonly ServerConfig[], world: ServerWorld): ToolSet {
  const servers = configs.map((config) => new ToolServer(config, world));
  let sees = true;
  const offer = new Offer(servers);
  let waking: ReturnType<typeof setTimeout> | null = null;
  const wake = () => {
    for (const server of servers) server.wake();
  };
  return {
    attach(host) {
      for (const server of servers) server.attach(host);
    },
    async problem(signal) {
      const required = servers.filter(({ config }) => config.required);
      const failed = (await Promise.all(required.map((server) => server.ready(signal)))).find((one) => !one.ok);
      return failed && !failed.ok && !signal.aborted ? `${failed.message} (it is required)` : null;
    },
    close() {
      if (waking !== null) clearTimeout(waking);
      for (const server of servers) server.close();
    },
    servers: forPeople(servers),
    async specs(model, planning = false) {
      sees = model.images;
      const specs = await own.specs(model);
      waking ??= setTimeout(wake, WAKE_MS).unref();
      return [...specs, ...offer.specs(planning)];
    },
    async load(name, namespace) {
      if (!namespace && name === LOOKUP.search) return (await import("./lookup.ts")).searchTool(servers);
      if (!namespace && name === LOOKUP.call) return (await import("./lookup.ts")).callTool;
      const reads = (["list", "read"] as const).find((one) => !namespace && name === RESOURCES[one]);
      if (reads) return (await import("./resources.ts")).resourceTool(reads, servers);
      const found = findTool(servers, name, namespace);
      if (!found) return own.load(name, namespace);
      return (await import("./tool.ts")).serverTool(found, () => sees);
    },
  };
}

/** ms after the first request was put together: until then the processor is for sending it. */
const WAKE_MS = 200;

/** What models are offered of servers: put together once, until a list is another one. */
class Offer {
  readonly #servers: readonly ToolServer[];
  readonly #made = new Map<boolean, { lists: unknown[]; specs: ToolSpec[] }>();

  constructor(servers: readonly ToolServer[]) {
    this.#servers = servers;
  }

  specs(planning: boolean): ToolSpec[] {
    const lists = this.#servers.map((server) => server.lists);
    const made = this.#made.get(planning);
    if (made && lists.every((list, at) => list === made.lists[at])) return made.specs;
    const specs = serverSpecs(this.#servers, planning);
    this.#made.set(planning, { lists, specs });
    return specs;
  }
}

function serverSpecs(servers: readonly ToolServer[], planning: boolean): ToolSpec[] {
  const known = knownTools(servers).filter((tool) => !planning || isOffered(tool));
  const waiting = servers.filter(({ lists, config }) => lists === null && config.place.kind !== "wrong");
  const many = areMany(known);
  const direct = many ? [] : known.map(specOf);
  const looked =
    many || waiting.length > 0
      ? lookupSpecs(
          many ? known : [],
          waiting.map(({ config }) => config.name),
        )
      : [];
  const readable = servers.filter(({ lists }) => lists?.resources).map(({ config }) => config.name);
  return [...direct, ...looked, ...(readable.length > 0 ? resourceSpecs(readable) : [])];
}

/** In plan mode nothing of another machine is changed; a program of this one writes nothing, as its sandbox says. */
const isOffered = ({ server, known }: KnownTool) => known.read_only || server.config.place.kind === "stdio";

function forPeople(servers: readonly ToolServer[]): ToolServers {
  return {
    status: async () => servers.map((server) => server.status()),
    async connect(signal) {
      await Promise.all(servers.map((server) => server.ready(signal)));
    },
    async prompt(name, prompt, words, signal) {
      const server = servers.find(({ config }) => config.name === name);
      if (!server) return { ok: false, message: `there is no MCP server ${name}` };
      const { serverPrompt } = await import("./prompt.ts");
      return serverPrompt(server, prompt, words, signal);
    },
  };
}
