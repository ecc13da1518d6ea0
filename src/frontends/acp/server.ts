import { isAbsolute } from "node:path";
import {
  type AgentApp,
  type AgentContext,
  agent,
  type InitializeRequest,
  type InitializeResponse,
  type ListSessionsResponse,
  type McpServer,
  methods,
  PROTOCOL_VERSION,
  RequestError,
} from "@agentclientprotocol/sdk";
import { modeChange, optionChange } from "./config-options.ts";
import { EditorFiles } from "./editor-files.ts";
import type { AcpOptions } from "./options.ts";
import { promptInput } from "./prompt.ts";
import { Session } from "./session.ts";
import { SLASH_COMMANDS, slashOp } from "./slash.ts";
import { type ClientSupport, supportOf } from "./support.ts";

/** Threads in one page of `session/list`. */
const PAGE = 100;

interface Wanted {
  cwd: string;
  additionalDirectories?: string[];
  mcpServers?: McpServer[];
}

/** The sessions of one connection, and every request that an editor can make. */
export class AcpServer {
  readonly #options: AcpOptions;
  readonly #sessions = new Map<string, Session>();
  #support: ClientSupport = supportOf(undefined);
  #closing = false;

  constructor(options: AcpOptions) {
    this.#options = options;
  }

  app(): AgentApp {
    const { session } = methods.agent;
    return agent({ name: "moat" })
      .onRequest(methods.agent.initialize, ({ params }) => this.#initialize(params))
      .onRequest(methods.agent.authenticate, () => this.#authenticate())
      .onRequest(session.new, ({ params, client }) => this.#new(params, client))
      .onRequest(session.load, ({ params, client }) => this.#goOn(params, client, true))
      .onRequest(session.resume, ({ params, client }) => this.#goOn(params, client, false))
      .onRequest(session.list, ({ params }) => this.#list(params.cwd ?? null, params.cursor ?? null))
      .onRequest(session.delete, async ({ params }) => this.#delete(params.sessionId))
      .onRequest(session.close, async ({ params }) => this.#close(params.sessionId))
      .onRequest(session.setMode, ({ params }) => {
        const target = this.#session(params.sessionId);
        const changes = modeChange(params.modeId, target.context);
        if (changes === null) throw RequestError.invalidParams(undefined, `there is no mode ${params.modeId}`);
        target.change(changes);
        return {};
      })
      .onRequest(session.setConfigOption, ({ params }) => {
        const target = this.#session(params.sessionId);
        const change = optionChange(params.configId, params.value, target.context);
        if (!change.ok) throw RequestError.invalidParams(undefined, change.message);
        target.change(change.changes);
        return { configOptions: target.state.configOptions };
      })
      .onRequest(session.prompt, ({ params, signal }) => {
        const target = this.#session(params.sessionId);
        const read = promptInput(params.prompt);
        if (!read.ok) throw RequestError.invalidParams(undefined, read.message);
        return target.prompt(slashOp(read.input) ?? read.input, signal);
      })
      .onNotification(session.cancel, ({ params }) => this.#sessions.get(params.sessionId)?.cancel());
  }

  /** Ends every session with all that it runs. */
  async closeAll(): Promise<void> {
    this.#closing = true;
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(open.map((session) => session.close()));
  }

  #initialize({ clientCapabilities }: InitializeRequest): InitializeResponse {
    this.#support = supportOf(clientCapabilities);
    const login = {
      id: "moat-login",
      name: "Save a key",
      description: "`moat login` in a terminal saves the key of a provider; OPENAI_API_KEY and its like work, too.",
    };
    return {
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "moat", title: "moat", version: this.#options.version },
      agentCapabilities: {
        loadSession: true,
        promptCapabilities: { image: true, embeddedContext: true },
        sessionCapabilities: { list: {}, delete: {}, resume: {}, close: {}, additionalDirectories: {} },
      },
      authMethods: [this.#support.terminal_auth ? { ...login, type: "terminal", args: ["login"] } : login],
    };
  }

  async #authenticate() {
    const missing = await this.#options.missingKey();
    if (missing !== null) throw RequestError.authRequired(undefined, missing);
    return {};
  }

  async #new(wanted: Wanted, client: AgentContext) {
    const session = await this.#open(wanted, null, client, false);
    return { sessionId: session.id, ...session.state };
  }

  /** `session/load` shows what happened before, `session/resume` does not. */
  async #goOn(wanted: Wanted & { sessionId: string }, client: AgentContext, replay: boolean) {
    const stored = await this.#options.store.find(wanted.sessionId);
    if (!stored) throw RequestError.resourceNotFound(wanted.sessionId);
    if (stored.cwd !== wanted.cwd)
      throw RequestError.invalidParams(undefined, `the session belongs to ${stored.cwd}, not to ${wanted.cwd}`);
    // One thread has one writer.
    await this.#close(wanted.sessionId).catch(() => {});
    const session = await this.#open(wanted, wanted.sessionId, client, replay);
    return session.state;
  }

  async #open(wanted: Wanted, resume: string | null, client: AgentContext, replay: boolean): Promise<Session> {
    const { cwd, additionalDirectories: add_dirs = [], mcpServers = [] } = wanted;
    for (const path of [cwd, ...add_dirs])
      if (!isAbsolute(path)) throw RequestError.invalidParams(undefined, `${path} is no absolute path`);
    const open_files = this.#support.read_files ? new EditorFiles(client, this.#support) : null;
    const opened = await this.#options.open({ cwd, add_dirs, resume, open_files });
    if (!opened.ok) throw opened.auth ? RequestError.authRequired(undefined, opened.message) : failed(opened.message);
    const session = new Session(opened.thread, client, this.#support);
    if (open_files) open_files.session_id = session.id;
    if (this.#closing) {
      await session.close();
      throw failed("the connection is closing");
    }
    this.#sessions.set(session.id, session);
    if (replay) await session.replay(opened.past);
    session.start();
    const { folder, folder_trust } = opened.facts;
    const left_out = [...trustWarning(folder, folder_trust), ...opened.warnings, ...withoutServers(mcpServers)];
    // An editor knows the session only once it has the answer.
    setImmediate(() => void this.#welcome(session, left_out, cwd));
    return session;
  }

  async #welcome(session: Session, warnings: string[], cwd: string): Promise<void> {
    for (const [number, warning] of warnings.entries()) await session.warn(warning, number);
    await session.announce({ sessionUpdate: "available_commands_update", availableCommands: SLASH_COMMANDS });
    const models = await this.#options.models(cwd, this.#options.signal);
    if (models.length > 0 && this.#sessions.has(session.id)) await session.offer(models);
  }

  async #list(cwd: string | null, cursor: string | null): Promise<ListSessionsResponse> {
    const from = cursor === null ? 0 : Number(cursor);
    if (!Number.isSafeInteger(from) || from < 0) throw RequestError.invalidParams(undefined, "unknown cursor");
    const all = await this.#options.store.list(cwd);
    const sessions = all.slice(from, from + PAGE).map(({ thread_id, cwd: directory, title, updated_at }) => ({
      sessionId: thread_id,
      cwd: directory,
      title,
      updatedAt: updated_at,
    }));
    return { sessions, ...(from + PAGE < all.length ? { nextCursor: String(from + PAGE) } : {}) };
  }

  async #delete(id: string) {
    const stored = await this.#options.store.find(id);
    if (!stored) throw RequestError.resourceNotFound(id);
    await this.#close(id).catch(() => {});
    await this.#options.store.delete(id);
    return {};
  }

  async #close(id: string) {
    const session = this.#session(id);
    this.#sessions.delete(id);
    await session.close();
    return {};
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw RequestError.resourceNotFound(id);
    return session;
  }
}

const failed = (message: string) => new RequestError(RequestError.internalError().code, message);

function trustWarning(folder: string, trust: "trusted" | "untrusted" | null): string[] {
  if (trust === "trusted") return [];
  return [
    `${folder} is not trusted: its own configuration is not used, and commands only read unless a mode says otherwise. \`moat config trust add\` trusts it`,
  ];
}

function withoutServers(servers: readonly McpServer[]): string[] {
  if (servers.length === 0) return [];
  return [
    `MCP servers of the editor are not supported yet and left out: ${servers.map(({ name }) => name).join(", ")}`,
  ];
}
