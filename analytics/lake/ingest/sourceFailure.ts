// What is wrong with a source as a whole, told apart from what is wrong with the lake or the machine.

import { CommandFailure } from '../../failure.ts';

export class SourceFailure extends CommandFailure {
  constructor(source: string, reason: string, options?: ErrorOptions) {
    super(`Cannot ingest ${source}: ${reason}`, options);
  }
}
