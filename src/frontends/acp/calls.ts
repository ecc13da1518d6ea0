import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { ApprovalRequest, CommandExecution } from "../../protocol/index.ts";
import type { ClientSupport } from "./support.ts";
import {
  type CallItem,
  callContent,
  callStatus,
  callTitle,
  outputContent,
  startedCall,
  textContent,
} from "./tool-calls.ts";

/** A call that an editor shows. */
interface ShownCall {
  /** What the editor knows it by. */
  toolCallId: string;
  /** What a command printed so far. */
  output: string;
  /** Some of it was not shown yet. */
  behind: boolean;
  /** What the sandbox refused it. */
  denied: string | null;
}

/** A question that stands for a call which has not begun. */
interface Claim {
  toolCallId: string;
  about: string;
}

/**
 * The calls of one thread as an editor shows them. A person is asked about a call before it begins: it goes on under the id of
 * its question, so that it stands there once.
 */
export class Calls {
  readonly #support: ClientSupport;
  readonly #prefix: string;
  readonly #cwd: string;
  readonly #open = new Map<string, ShownCall>();
  #claims: Claim[] = [];
  /** The call that the sandbox refused something last. */
  #denied: string | null = null;

  /** @param prefix of every id, so that those of child threads are others */
  constructor(support: ClientSupport, prefix: string, cwd: string) {
    this.#support = support;
    this.#prefix = prefix;
    this.#cwd = cwd;
  }

  /** The id under which a question is asked: that of the call that was refused something, or a new one that the call takes up. */
  asked({ call_id, effect, denial }: ApprovalRequest): string {
    const refused = denial === null || this.#denied === null ? undefined : this.#open.get(this.#denied);
    if (refused) return refused.toolCallId;
    const toolCallId = `${this.#prefix}${call_id}`;
    this.#claims.push({ toolCallId, about: aboutEffect(effect) });
    return toolCallId;
  }

  /** A call that starts, or a search that says what it looks for. */
  shown(item: CallItem): SessionUpdate[] {
    const call = this.#open.get(item.id);
    if (call) return [{ sessionUpdate: "tool_call_update", toolCallId: call.toolCallId, title: callTitle(item) }];
    const claimed = this.#claim(item);
    const toolCallId = claimed ?? `${this.#prefix}${item.id}`;
    this.#open.set(item.id, { toolCallId, output: "", behind: false, denied: null });
    const started = { ...startedCall(item, toolCallId), ...this.#terminal(item, toolCallId) };
    return [
      claimed === null ? { sessionUpdate: "tool_call", ...started } : { sessionUpdate: "tool_call_update", ...started },
    ];
  }

  #claim(item: CallItem): string | null {
    const about = aboutItem(item);
    const claim = this.#claims.find((one) => one.about === about);
    this.#claims = this.#claims.filter((one) => one !== claim);
    return claim?.toolCallId ?? null;
  }

  /** Where the editor shows terminals of ours, a command has one. */
  #terminal(item: CallItem, id: string) {
    if (item.type !== "command_execution" || !this.#support.terminal_output) return {};
    const terminal_info = { terminal_id: id, cwd: this.#cwd };
    return { content: [{ type: "terminal" as const, terminalId: id }], _meta: { terminal_info } };
  }

  /** What a command printed: at once into its terminal, otherwise with the next `catchUp`. */
  printed(item_id: string, text: string): SessionUpdate[] {
    const call = this.#open.get(item_id);
    if (!call) return [];
    if (this.#support.terminal_output) return [terminalUpdate(call.toolCallId, text)];
    call.output += text;
    call.behind = true;
    return [];
  }

  /** Something was printed that no update has shown. */
  get behind(): boolean {
    return this.#open.values().some(({ behind }) => behind);
  }

  /** Output that was not shown yet: each update holds all that is shown of it, so that there should not be one for every line. */
  catchUp(): SessionUpdate[] {
    return [...this.#open.values()]
      .filter(({ behind }) => behind)
      .map((call) => {
        call.behind = false;
        const { toolCallId, output } = call;
        return { sessionUpdate: "tool_call_update", toolCallId, content: outputContent(output) };
      });
  }

  denied(item_id: string, explanation: string): SessionUpdate[] {
    this.#denied = item_id;
    const call = this.#open.get(item_id);
    if (call) call.denied = explanation;
    return [];
  }

  /** A call that has ended; one that was declined never began. */
  completed(item: CallItem): SessionUpdate[] {
    const begun = this.#open.has(item.id) ? [] : this.shown(item);
    const call = this.#open.get(item.id);
    this.#open.delete(item.id);
    if (!call) return [];
    const { toolCallId, denied } = call;
    const end = { toolCallId, status: callStatus(item), title: callTitle(item) };
    const refused = denied === null || end.status !== "failed" ? [] : [textContent(`sandbox: ${denied}`)];
    const terminal = item.type === "command_execution" && this.#support.terminal_output && item.status !== "declined";
    if (terminal) return [...begun, ...ended(item, toolCallId, begun.length > 0, end, refused)];
    const content = [...callContent(item), ...refused];
    const result = item.type === "mcp_tool_call" ? { rawOutput: item.result } : {};
    return [...begun, { sessionUpdate: "tool_call_update", ...end, content, ...result }];
  }

  /** Questions whose call never began are over. */
  endOfTurn(): SessionUpdate[] {
    return this.#claims
      .splice(0)
      .map(({ toolCallId }) => ({ sessionUpdate: "tool_call_update", toolCallId, status: "failed" }));
  }
}

const terminalUpdate = (terminal_id: string, data: string): SessionUpdate => ({
  sessionUpdate: "tool_call_update",
  toolCallId: terminal_id,
  _meta: { terminal_output: { terminal_id, data } },
});

/** The end of a command in its terminal. `whole`: nothing of its output was shown, as in a thread that is shown again. */
function ended(
  { aggregated_output, exit_code }: CommandExecution,
  terminal_id: string,
  whole: boolean,
  end: { toolCallId: string },
  refused: ReturnType<typeof textContent>[],
): SessionUpdate[] {
  const content = [{ type: "terminal" as const, terminalId: terminal_id }, ...refused];
  return [
    ...(whole && aggregated_output !== "" ? [terminalUpdate(terminal_id, aggregated_output)] : []),
    {
      sessionUpdate: "tool_call_update",
      ...end,
      content,
      _meta: { terminal_exit: { terminal_id, exit_code, signal: null } },
    },
  ];
}

/** What a question is about, in the same form as what a call does. */
function aboutEffect(effect: ApprovalRequest["effect"]): string {
  switch (effect.kind) {
    case "command":
      return `command ${effect.command}`;
    case "patch":
      return `patch ${effect.changes.map(({ path }) => path).join("\n")}`;
    case "mcp":
      return `tool ${effect.server}.${effect.tool}`;
  }
}

function aboutItem(item: CallItem): string {
  switch (item.type) {
    case "command_execution":
      return `command ${item.command}`;
    case "file_change":
      return `patch ${item.changes.map(({ path }) => path).join("\n")}`;
    case "mcp_tool_call":
      return `tool ${item.server}.${item.tool}`;
    case "web_search":
      return `search ${item.query}`;
  }
}
