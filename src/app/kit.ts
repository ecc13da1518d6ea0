import type { TodoList } from "../protocol/index.ts";
import type { SafeText, Theme } from "../term/index.ts";
import type {
  Block,
  Card,
  ComposerFacts,
  InputFacts,
  Look,
  MenuFacts,
  OpenItem,
  PagerFacts,
  QuestionFacts,
  StatusFacts,
  WorkFacts,
} from "../view/index.ts";

/** An answer that comes in pieces: the blocks that the last step finished, and what comes after all finished ones. */
export interface Split {
  done: string;
  rest: string;
}

/** What the app draws with: the exports of `view/screen`. Pure; no line is wider than the look has columns. */
export interface Views {
  block(block: Block, look: Look, above: Block | null): readonly SafeText[];
  whole(block: Block, look: Look): readonly SafeText[];
  open(
    items: readonly OpenItem[],
    look: Look,
    elapsed: (id: string) => number,
    above: Block | null,
  ): readonly SafeText[];
  work(facts: WorkFacts, look: Look): readonly SafeText[];
  composer(facts: ComposerFacts, look: Look): Card;
  status(facts: StatusFacts, look: Look): SafeText;
  menu(facts: MenuFacts, look: Look): readonly SafeText[];
  question(facts: QuestionFacts, look: Look): Card;
  input(facts: InputFacts, look: Look): Card;
  rule(look: Look): SafeText;
  plan(plan: TodoList["items"], look: Look): readonly SafeText[];
  pager(facts: PagerFacts, look: Look): readonly SafeText[];
  /** Rows of lines that a pager of this window shows. */
  pagerRows(look: Pick<Look, "rows">): number;
  emptySplit: Split;
  splitMore(before: Split, piece: string): Split;
}

/** What the app is made with. Handed in, so that the state needs no screen and no file. */
export interface Kit {
  views: Views;
  /** Names of the themes that there are. */
  themes: readonly string[];
  /** A theme; null: the one for this background. `dark` null: the terminal has not said. */
  theme(name: string | null, dark: boolean | null): Theme;
}
