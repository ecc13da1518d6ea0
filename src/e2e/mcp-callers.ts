import { Client as Client2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { binary, type TestWorld } from "./harness.ts";

/** What a tool came back with. */
export interface ToolAnswer {
  isError?: boolean;
  content: { type: string; text?: string }[];
  structuredContent?: { threadId: string; content: string };
}

const toolAnswer = (result: unknown) => result as ToolAnswer;

/** A form that a person was shown. */
export interface ShownForm {
  message: string;
  requestedSchema: { properties: Record<string, { oneOf?: { const: string; title: string }[] }> };
}

export interface McpCallerOptions {
  args?: string[];
  /** What a person does with a form; absent: the client shows none. */
  answer?: (form: ShownForm) => { action: "accept" | "decline" | "cancel"; content?: Record<string, string> };
}

/** moat mcp-server with one of the official clients on its other side. */
export interface McpCaller extends AsyncDisposable {
  tools(): Promise<{ name: string }[]>;
  call(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<ToolAnswer>;
  progress: string[];
  forms: ShownForm[];
  pid: number;
  protocol: string | undefined;
}

/** The clients: the maintenance line, the current one, and that with the specification of 2026-07-28. */
export const CLIENTS = ["sdk 1.x", "client 2.x", "client 2.x, 2026-07-28"] as const;

export async function caller(
  w: TestWorld,
  client: (typeof CLIENTS)[number],
  options: McpCallerOptions = {},
): Promise<McpCaller> {
  const server = {
    command: binary,
    args: ["mcp-server", ...(options.args ?? [])],
    env: w.env,
    cwd: w.project.dir,
    stderr: "pipe" as const,
  };
  const told = { progress: [] as string[], forms: [] as ShownForm[] };
  const answer = (params: unknown) => {
    const form = params as ShownForm;
    told.forms.push(form);
    return options.answer?.(form) ?? { action: "cancel" as const };
  };
  const capabilities = options.answer ? { elicitation: { form: {} } } : {};
  return { ...told, ...(await (client === "sdk 1.x" ? first : second)()) };

  function asking(signal: AbortSignal | undefined) {
    const onprogress = ({ message = "" }: { message?: string | undefined }) => void told.progress.push(message);
    return { onprogress, timeout: 60_000, ...(signal ? { signal } : {}) };
  }

  async function first() {
    const one = new Client1({ name: "test", version: "1" }, { capabilities });
    if (options.answer) one.setRequestHandler(ElicitRequestSchema, async ({ params }) => answer(params));
    const transport = new Stdio1(server);
    await one.connect(transport);
    return {
      tools: async () => (await one.listTools()).tools,
      call: async (name: string, args: Record<string, unknown>, signal?: AbortSignal) =>
        toolAnswer(await one.callTool({ name, arguments: args }, undefined, asking(signal))),
      pid: transport.pid ?? 0,
      protocol: undefined,
      [Symbol.asyncDispose]: () => one.close(),
    };
  }

  async function second() {
    const mode = client === "client 2.x" ? ("legacy" as const) : ("auto" as const);
    const one = new Client2({ name: "test", version: "1" }, { capabilities, versionNegotiation: { mode } });
    if (options.answer) one.setRequestHandler("elicitation/create", async ({ params }) => answer(params));
    const transport = new Stdio2(server);
    await one.connect(transport);
    return {
      tools: async () => (await one.listTools()).tools,
      call: async (name: string, args: Record<string, unknown>, signal?: AbortSignal) =>
        toolAnswer(await one.callTool({ name, arguments: args }, asking(signal))),
      pid: transport.pid ?? 0,
      protocol: one.getNegotiatedProtocolVersion(),
      [Symbol.asyncDispose]: () => one.close(),
    };
  }
}
