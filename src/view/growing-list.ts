/** A list that only grows. Every version stays as it is and shares what it has with the next: adding costs the same however long it is. */
export class GrowingList<T> implements Iterable<T> {
  /** The elements of this version, and those that later ones added. */
  readonly #shared: T[];
  readonly length: number;

  private constructor(shared: T[], length: number) {
    this.#shared = shared;
    this.length = length;
  }

  static of<T>(): GrowingList<T> {
    return new GrowingList<T>([], 0);
  }

  /** The list with one more. */
  add(element: T): GrowingList<T> {
    // When another version went on from here already, this one goes on by itself.
    const alone = this.length > 0 && this.#shared.length === this.length;
    const shared = alone ? this.#shared : this.#shared.slice(0, this.length);
    shared.push(element);
    return new GrowingList(shared, this.length + 1);
  }

  /** What stands there, counted from 0 or, below that, from the end. */
  at(index: number): T | undefined {
    const from = index < 0 ? index + this.length : index;
    return from < this.length ? this.#shared[from] : undefined;
  }

  /** What was added since the list was that long. */
  since(length: number): T[] {
    return this.#shared.slice(length, this.length);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.since(0)[Symbol.iterator]();
  }
}
