import { MAX_LEVELS } from "../../base/index.ts";
import type { Json, JsonObject } from "../../protocol/index.ts";

/** A message of JSON-RPC 2.0, of whichever kind its fields say. */
export interface Message {
  jsonrpc: "2.0";
  id?: string | number | null;
  method?: string;
  params?: JsonObject;
  result?: JsonObject;
  error?: RpcError;
}

/** An error as a server tells it. */
export interface RpcError {
  code: number;
  message: string;
  data?: Json;
}

/**
 * What a request came to. `code` is the server's own (JSON-RPC); null: there is no answer of the server. `login`: it wants a token,
 * or a better one.
 */
export type RpcAnswer =
  | { ok: true; result: JsonObject }
  | { ok: false; code: number | null; message: string; data?: Json; login?: true };

/** Codes of JSON-RPC and of MCP that are acted on. */
export const RPC = { method_not_found: -32601, unsupported_version: -32022, url_elicitation: -32042 } as const;

/** Bytes of one message: the bound that the official SDK has for stdio. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;

/** Bytes that a server may send after something was asked of it, before it counts as flooding. */
export const MAX_BURST_BYTES = 64 * 1024 * 1024;

/** Messages that may stand in one text (batches of the revision 2025-03-26). */
const MAX_BATCH = 100;

/** It is a JSON object, and no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a field; "" when it is none. */
export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** Bytes as people read them. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / (1024 * 1024))} MB`;

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_TABLE, CLOSE_LIST, CLOSE_TABLE] = [0x22, 0x5c, 0x5b, 0x7b, 0x5d, 0x7d];

/** JSON text has more than `MAX_LEVELS`; found without walking into it. */
export function isTooDeep(text: string): boolean {
  let level = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText && code === BACKSLASH) at++;
    else if (code === QUOTE) inText = !inText;
    else if (!inText && (code === OPEN_LIST || code === OPEN_TABLE) && ++level > MAX_LEVELS) return true;
    else if (!inText && (code === CLOSE_LIST || code === CLOSE_TABLE)) level--;
  }
  return false;
}

/** The messages that a text holds; null when it is none. */
export function parseMessages(text: string): Message[] | null {
  if (isTooDeep(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const all = Array.isArray(value) ? value.slice(0, MAX_BATCH) : [value];
  const read = all.map(readMessage);
  return read.length > 0 && read.every((one) => one !== null) ? read : null;
}

function readMessage(value: unknown): Message | null {
  if (!isJsonObject(value)) return null;
  const { id, method, params, result, error } = value;
  const known = typeof id === "string" || typeof id === "number" ? id : null;
  if (typeof method === "string")
    return {
      jsonrpc: "2.0",
      method,
      ...(known === null ? {} : { id: known }),
      ...(isJsonObject(params) ? { params } : {}),
    };
  if (isJsonObject(error)) return { jsonrpc: "2.0", id: known, error: readError(error) };
  return isJsonObject(result) && known !== null ? { jsonrpc: "2.0", id: known, result } : null;
}

/** Longest text of an error that is handed on: what says more is no message any more. */
const MAX_ERROR = 4000;

function readError(error: JsonObject): RpcError {
  const { code, message, data } = error;
  return {
    code: typeof code === "number" ? code : 0,
    message: asText(message).slice(0, MAX_ERROR) || "the server gave no reason",
    ...(data === undefined ? {} : { data }),
  };
}
