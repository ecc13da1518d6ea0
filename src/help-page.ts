/** What `moat --help` prints, as the build made it of the table of commands; nothing when run from source. */
export const HELP_PAGE: string = typeof MOAT_HELP === "string" ? MOAT_HELP : "";
