// `npm run page` writes what this prints to script.json.

import { buildScript } from './build.ts';

// oxlint-disable-next-line no-console -- standard output is what it is for
console.log(JSON.stringify(await buildScript()));
