#!/usr/bin/env node
// The command line (SPEC 6): data on standard output, everything else on standard error.

import { aiSessions } from './commands/aiSessions.ts';
import { runProgram } from './commands/program.ts';

await runProgram(aiSessions());
