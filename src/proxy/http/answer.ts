import { grantFlags } from "../../protocol/index.ts";
import type { HostRefusal } from "../contract.ts";

const REASONS: Record<number, string> = {
  400: "Bad Request",
  403: "Forbidden",
  431: "Request Header Fields Too Large",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** An answer of the proxy itself, after which the connection ends. */
export function httpAnswer(status: number, text: string): Uint8Array {
  const body = Buffer.from(`${text}\n`);
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

/** What a client is told: which host, why, and what would allow it. */
export function refusalText({ message, hosts }: HostRefusal): string {
  const grant = hosts === null ? "No list of hosts opens this." : `To allow exactly this: ${grantOfHosts(hosts)}`;
  return `moat's sandbox refused this: ${message}. ${grant}`;
}

function grantOfHosts(hosts: string[]): string {
  return grantFlags([{ network: { hosts } }], { read_only: false, cwd: "/" });
}
