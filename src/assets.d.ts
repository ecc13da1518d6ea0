/** Text that is built into the binary. */
declare module "*.md" {
  const text: string;
  export default text;
}
declare module "*.lark" {
  const text: string;
  export default text;
}
/** A file that is built into the binary; the value is its path there. */
declare module "*.bin" {
  const path: string;
  export default path;
}

/** Set by scripts/build.ts; absent when run from source. */
declare const MOAT_VERSION: string | undefined;
declare const MOAT_COMMIT: string | undefined;
/** What `moat --help` prints. */
declare const MOAT_HELP: string | undefined;
declare const MOAT_LAUNCHER_SHA256: string | undefined;
/** Address below which releases lie; empty where the build did not know it. */
declare const MOAT_RELEASES: string | undefined;
/** What the build is for, as Bun names it; absent where it was for the machine that it ran on. */
declare const MOAT_TARGET: string | undefined;
