/** Version of moat; `0.0.0-dev` when run from source. */
export const VERSION: string = typeof MOAT_VERSION === "string" ? MOAT_VERSION : "0.0.0-dev";

/** Commit that the binary was built from. */
export const COMMIT: string = typeof MOAT_COMMIT === "string" ? MOAT_COMMIT : "unknown";

/** What this build is for, as releases are called: `linux-x64-musl`. */
export const TARGET: string =
  typeof MOAT_TARGET === "string"
    ? MOAT_TARGET
    : `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
