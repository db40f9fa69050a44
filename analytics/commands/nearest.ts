// What somebody who misspelt a name may have meant, by commander's own rule for commands, which it
// does not export.

import { Command, CommanderError } from 'commander';

/** `Did you mean acme?`, or undefined when no candidate is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const probe = new Command().helpCommand(false).exitOverride();
  probe.configureOutput({ outputError: () => {} });
  for (const candidate of candidates) probe.command(candidate);
  try {
    probe.parse(['--', word], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return /\((Did you mean .*\?)\)/.exec(error.message)?.[1];
  }
  return undefined;
}
