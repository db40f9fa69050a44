// The ways that something a user asked for fails; commands/program.ts turns them into exit statuses
// (SPEC 6).

interface Telling extends ErrorOptions {
  /** What to do about it, where the message itself does not say so. */
  readonly hint?: string | undefined;
}

/** Something the user asked for cannot be done: exit status 1, message on standard error. */
export class CommandFailure extends Error {
  readonly hint: string | undefined;

  constructor(message: string, { hint, ...options }: Telling = {}) {
    super(message, options);
    this.hint = hint;
  }
}

/** The command line itself is wrong: exit status 2. */
export class UsageError extends CommandFailure {}

/** The user or the system has asked the process to stop: exit status as of one that the signal ended. */
export class Interruption extends CommandFailure {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super('Cannot finish: interrupted');
    this.signal = signal;
  }
}
