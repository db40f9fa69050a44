// The two ways that something a user asked for fails; commands/program.ts turns them into exit
// statuses (SPEC 6).

/** Something the user asked for cannot be done: exit status 1, message on standard error. */
export class CommandFailure extends Error {}

/** The command line itself is wrong: exit status 2. */
export class UsageError extends Error {}
