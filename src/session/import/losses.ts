/** What of a file was not taken over. */
export class Losses {
  /** Kinds of lines and items that we have no use for, with how often each came. */
  readonly skipped: Record<string, number> = {};
  readonly warnings: string[] = [];

  skip(kind: string): void {
    this.skipped[kind] = (this.skipped[kind] ?? 0) + 1;
  }

  warn(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message);
  }
}
