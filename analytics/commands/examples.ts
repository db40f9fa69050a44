// Examples at the end of a command's help. A test runs those that need no network.

export interface Example {
  readonly does: string;
  readonly line: string;
}

/** For commander's addHelpText, after everything else. */
export function examples(all: readonly Example[]): string {
  return `\nExamples:\n${all.map(({ does, line }) => `  # ${does}\n  ${line}`).join('\n\n')}`;
}
