import {
  type ClientCapabilities,
  type ClientContext,
  type CreateElicitationRequest,
  type CreateElicitationResponse,
  client,
  methods,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { MoatRun, TestWorld } from "./harness.ts";

/** An editor of the official SDK, with moat on its other side. */
export interface Editor extends AsyncDisposable {
  agent: ClientContext;
  process: Bun.Subprocess<"pipe", "pipe", "pipe">;
  /** Everything that was shown, in order, by session. */
  updates: { sessionId: string; update: SessionUpdate }[];
  /** Every question about permission. */
  asked: RequestPermissionRequest[];
  /** Resolves with the first update, past or future, that fits. */
  seen<T extends SessionUpdate["sessionUpdate"]>(
    type: T,
    fits?: (update: Extract<SessionUpdate, { sessionUpdate: T }>) => boolean,
  ): Promise<Extract<SessionUpdate, { sessionUpdate: T }>>;
  /** The words that the model said, as far as they were shown. */
  said(): string;
}

export interface EditorOptions {
  capabilities?: ClientCapabilities;
  /** The option that a question is answered with; absent: the first. null: it waits. */
  permit?: (request: RequestPermissionRequest) => string | null;
  answer?: (request: CreateElicitationRequest) => CreateElicitationResponse;
  /** Text of files as the editor has them, by their paths; what moat saves replaces it. */
  buffers?: Map<string, string>;
  args?: string[];
  run?: MoatRun;
}

/** Starts `moat acp` and says hello. */
export async function editor(w: TestWorld, options: EditorOptions = {}): Promise<Editor> {
  const process = w.start(["acp", ...(options.args ?? [])], { stdin: "", ...options.run }) as Editor["process"];
  const updates: Editor["updates"] = [];
  const asked: RequestPermissionRequest[] = [];
  const waiting = new Set<() => void>();
  const buffer = (path: string) => {
    const text = options.buffers?.get(path);
    if (text === undefined) throw new Error(`${path} is not open`);
    return text;
  };
  const app = client({ name: "test" })
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      asked.push(params);
      const optionId = options.permit ? options.permit(params) : (params.options[0]?.optionId ?? null);
      if (optionId === null) return new Promise(() => {});
      return { outcome: { outcome: "selected", optionId } };
    })
    .onRequest(methods.client.fs.readTextFile, ({ params: { path } }) => ({ content: buffer(path) }))
    .onRequest(methods.client.fs.writeTextFile, async ({ params: { path, content } }) => {
      options.buffers?.set(path, content);
      await Bun.write(path, content);
    })
    .onRequest(methods.client.elicitation.create, ({ params }) => options.answer?.(params) ?? { action: "cancel" })
    .onNotification(methods.client.session.update, ({ params }) => {
      updates.push(params);
      for (const look of [...waiting]) look();
    });
  const input = new WritableStream<Uint8Array>({
    write: async (chunk) => {
      process.stdin.write(chunk);
      await process.stdin.flush();
    },
  });
  const connection = app.connect(ndJsonStream(input, process.stdout));
  const { agent } = connection;
  await agent.request(methods.agent.initialize, {
    protocolVersion: 1,
    clientCapabilities: options.capabilities ?? {},
    clientInfo: { name: "test", version: "1" },
  });
  return {
    agent,
    process,
    updates,
    asked,
    seen(type, fits = () => true) {
      const { promise, resolve } = Promise.withResolvers<never>();
      const look = () => {
        for (const { update } of updates)
          if (update.sessionUpdate === type && fits(update as never)) {
            waiting.delete(look);
            resolve(update as never);
          }
      };
      waiting.add(look);
      look();
      return promise;
    },
    said: () =>
      updates
        .flatMap(({ update }) =>
          update.sessionUpdate === "agent_message_chunk" && update.content.type === "text" ? [update.content.text] : [],
        )
        .join(""),
    async [Symbol.asyncDispose]() {
      await process.stdin.end();
      await process.exited;
    },
  };
}
