import instructions from "./review.md" with { type: "text" };

/** What is not committed, and how to see it. */
export const UNCOMMITTED =
  "Everything that is not committed: `git diff HEAD` for tracked files, and the untracked files that `git status --porcelain` lists.";

/** What the model is told about a review. `target`: what is reviewed, and how to see it. */
export function reviewOf(target: string): string {
  return `${instructions.trim()}\n\n# What to review\n\n${target}`;
}

/** The same inside a conversation: of what these words name, or of everything that is not committed. */
export function reviewPrompt(words: string): string {
  return reviewOf(words.trim() === "" ? UNCOMMITTED : words.trim());
}
