import { quoteWords } from "../../base/index.ts";
import type { ServerConfig } from "../contract.ts";
import type { ServerLists } from "./lists.ts";

/** What of a server's lists the configuration lets through. */
export function offered(lists: ServerLists, { enabled_tools, disabled_tools }: ServerConfig): ServerLists {
  const wanted = ({ name }: { name: string }) =>
    (enabled_tools?.includes(name) ?? true) && !disabled_tools.includes(name);
  return { ...lists, tools: lists.tools.filter(wanted) };
}

/** The program with its arguments, or the address without what opens it. */
export function placeText(place: ServerConfig["place"]): string {
  if (place.kind === "stdio") return quoteWords(place.argv);
  if (place.kind === "wrong") return "";
  const url = new URL(place.url);
  return `${url.origin}${url.pathname}`;
}
