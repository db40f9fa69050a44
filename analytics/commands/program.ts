// Runs a command line and turns its end into an exit status. What went wrong goes to standard error:
// one sentence, and below it what to do where that is not in it.

import { type Command, CommanderError } from 'commander';
import { exitStatus, isClosedPipe } from './exitStatus.ts';
import { type Told, tell, told } from './told.ts';

/** So that commander throws where it would end the process, and leaves it to this file to say why. */
function override(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const each of command.commands) override(each);
}

export async function runProgram(program: Command): Promise<void> {
  override(program);
  let hasFailed = false;
  /** The first failure is the reason of those that follow. */
  const fail = (error: unknown) => {
    if (!hasFailed) end(error, program);
    hasFailed = true;
  };
  // Told here when nothing waits for the writing: a `| head` that has gone, a full disk.
  process.stdout.on('error', fail);
  process.stderr.on('error', () => {}); // there is nowhere left to tell it
  try {
    await program.parseAsync();
  } catch (error) {
    if (isAnswered(error)) process.exitCode = exitStatus(error);
    else fail(error);
  }
}

function end(error: unknown, program: Command): void {
  process.exitCode = exitStatus(error);
  if (isClosedPipe(error)) return;
  if (error instanceof CommanderError) {
    tell(commanderTold(error, program));
    return;
  }
  const { message, hint } = told(error) ?? { message: stackOf(error) };
  tell({ message, hint: hint ?? (process.exitCode === 2 ? helpHint(program) : undefined) });
}

const ANSWERS = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** Commander has written what was asked for. */
function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && ANSWERS.includes(error.code);
}

/** Behind its first line commander puts what may have been meant, in parentheses. */
function commanderTold({ message }: CommanderError, program: Command): Told {
  const [sentence = '', ...suggestions] = message.replace(/^error: /, '').split('\n');
  const hints = suggestions.map((line) => line.replace(/^\((.*)\)$/, '$1'));
  return { message: sentence, hint: [...hints, helpHint(program)].join('\n') };
}

/** Of the command that the arguments name. */
function helpHint(program: Command): string {
  const names = [program.name()];
  let { commands } = program;
  for (const argument of process.argv.slice(2)) {
    const command = commands.find((each) => each.name() === argument);
    if (command === undefined) continue;
    names.push(command.name());
    commands = command.commands;
  }
  return `For its options and examples: ${names.join(' ')} --help`;
}

function stackOf(error: unknown): string {
  return ((error as Error).stack ?? String(error)).replace(/^Error: /, '');
}
