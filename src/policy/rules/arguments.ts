import type { RuleError, RulePlace } from "./rule.ts";
import type { Call, StarlarkValue } from "./starlark/value.ts";

/** Takes the arguments of one call, noting what is wrong with them. Positional arguments get the names in their order. */
export class Arguments {
  readonly errors: RuleError[] = [];
  readonly #call: Call;
  readonly #values: Map<string, StarlarkValue>;

  constructor(call: Call, names: readonly string[]) {
    this.#call = call;
    this.#values = new Map(call.named);
    for (const [index, value] of call.positional.entries()) {
      const name = names[index];
      if (name === undefined || this.#values.has(name)) this.fail(value.place, `${call.name} has an argument too many`);
      else this.#values.set(name, value);
    }
    for (const [name, value] of this.#values) {
      if (!names.includes(name))
        this.fail(value.place, `${call.name} has no argument \`${name}\`; it has ${names.join(", ")}`);
    }
  }

  fail(place: RulePlace, message: string): void {
    this.errors.push({ place, message });
  }

  value(name: string): StarlarkValue | null {
    const value = this.#values.get(name);
    return value === undefined || value.kind === "none" ? null : value;
  }

  string(name: string): string | null {
    const value = this.value(name);
    if (value === null) return null;
    if (value.kind !== "string") this.fail(value.place, `\`${name}\` must be a string`);
    return value.kind === "string" ? value.text : null;
  }

  /** A string that must be there and hold something. */
  required(name: string): string {
    const text = this.string(name);
    if (text === null || text === "") this.fail(this.#call.place, `${this.#call.name} needs \`${name}\``);
    return text ?? "";
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (value !== null && value.kind !== "bool") this.fail(value.place, `\`${name}\` must be True or False`);
    return value?.kind === "bool" && value.value;
  }

  list(name: string): StarlarkValue[] {
    const value = this.value(name);
    if (value === null) return [];
    if (value.kind !== "list") this.fail(value.place, `\`${name}\` must be a list`);
    return value.kind === "list" ? value.items : [];
  }

  strings(name: string): string[] {
    return this.list(name).flatMap((item) => this.text(item, `\`${name}\``));
  }

  /** The text of a string value; nothing, with an error noted, when it is none. */
  text(value: StarlarkValue, what: string): string[] {
    if (value.kind === "string") return [value.text];
    this.fail(value.place, `${what} must hold strings only`);
    return [];
  }

  /** Lists of words, such as examples. */
  lists(name: string): { words: string[]; place: RulePlace }[] {
    return this.list(name).flatMap((item) => {
      if (item.kind === "list")
        return [{ words: item.items.flatMap((word) => this.text(word, `\`${name}\``)), place: item.place }];
      this.fail(item.place, `\`${name}\` must hold lists of strings`);
      return [];
    });
  }
}
