import type { ServerStatus, ToolServers } from "../../core/index.ts";
import type { AppControl } from "../control.ts";

const USAGE = "/mcp shows servers and tools; /mcp connect starts all; /mcp prompt SERVER NAME [WORDS]";

/** `/mcp`: servers of tools, what they offer, and their prompts, which are said as if the person had typed them. */
export async function mcpCommand(control: AppControl, args: string): Promise<void> {
  const { servers } = control.thread;
  if (!servers) return control.print("no MCP server is configured; `moat mcp add` adds one");
  const [verb = "", ...words] = args.split(/\s+/).filter((word) => word !== "");
  if (verb === "prompt") return sayPrompt(control, servers, words);
  if (verb === "connect") await servers.connect(control.signal);
  else if (verb !== "") return control.print(USAGE);
  control.print((await servers.status()).map(serverText).join("\n\n"));
}

async function sayPrompt(control: AppControl, servers: ToolServers, [server, name, ...words]: string[]): Promise<void> {
  if (server === undefined || name === undefined) return control.print(USAGE);
  if (control.thread.busy) return control.print("a prompt has to wait for the turn");
  const read = await servers.prompt(server, name, words, control.signal);
  if (read.ok) control.say(read.text);
  else control.print(read.message);
}

const STATES: Record<ServerStatus["state"], string> = {
  idle: "not running; it is started when it is needed",
  starting: "starting",
  ready: "running",
  failed: "not running",
};

function serverText({ name, place, state, problem, version, tools, prompts }: ServerStatus): string {
  const firstLine = (text: string) => text.split("\n")[0] ?? "";
  return [
    `${name}: ${STATES[state]}${version === null ? "" : `, MCP ${version}`}`,
    ...(place === "" ? [] : [`  ${place}`]),
    ...(problem === null ? [] : [`  ${problem}`]),
    ...tools.map((tool) => `  ${tool.read_only ? "reads" : "acts "}  ${tool.name}: ${firstLine(tool.description)}`),
    ...prompts.map((prompt) => {
      const words = prompt.arguments.map((one) =>
        one.required ? one.name.toUpperCase() : `[${one.name.toUpperCase()}]`,
      );
      return `  ${[`/mcp__${name}__${prompt.name}`, ...words].join(" ")}: ${firstLine(prompt.description)}`;
    }),
  ].join("\n");
}
