// A report as the reference yields it: every cell as text, an empty cell as empty text.

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
