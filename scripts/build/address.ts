/** Where the project lives, until its owner is settled; MOAT_REPOSITORY names another place, as the release workflow does. */
export const REPOSITORY = "https://github.com/OWNER/moat";

/** Address of the repository's page, without a slash at its end. */
export function repository(): string {
  return (process.env.MOAT_REPOSITORY || REPOSITORY).replace(/\/+$/, "");
}

/** Under this address lie `latest/download/ASSET` and `download/vX.Y.Z/ASSET`. */
export function releases(): string {
  return `${repository()}/releases`;
}

/** False as long as the address is only a place holder: what is made then cannot find its own releases. */
export function hasAddress(): boolean {
  return !repository().includes("/OWNER/");
}

/** Name of the package on npm; those with the programs lie in the scope of that name. */
export function npmName(): string {
  return process.env.MOAT_NPM_NAME || "moat";
}
