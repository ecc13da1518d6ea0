import type { Row } from "./contract.ts";
import { BEGINNINGS } from "./rows/beginnings.ts";
import { BUNDLERS } from "./rows/bundlers.ts";
import { JAVASCRIPT } from "./rows/javascript.ts";
import { LANGUAGES } from "./rows/languages.ts";
import { MACHINE } from "./rows/machine.ts";
import { SERVERS } from "./rows/servers.ts";
import { SYSTEM } from "./rows/system.ts";

/** Every tool, in the order in which they are tried. */
export const ROWS: Row[] = [...SYSTEM, ...MACHINE, ...SERVERS, ...LANGUAGES, ...JAVASCRIPT, ...BUNDLERS, ...BEGINNINGS];
