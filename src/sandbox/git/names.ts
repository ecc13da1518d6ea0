/** Characters that HFS+ passes over when it compares names (git's `is_hfs_dotgit` knows the same). */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** True when some file system takes this part of a path for `.git`: any case, NTFS's short name and endings, HFS+. */
export function isGitPart(part: string): boolean {
  return part
    .replace(IGNORED, "")
    .split("\\")
    .some((name) => /^(?:\.git|git~1)[. ]*(?::.*)?$/is.test(name));
}
