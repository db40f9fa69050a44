// `npm run openapi` writes what this prints to openapi.json.

import { buildDocument } from './build.ts';

// oxlint-disable-next-line no-console -- standard output is what it is for
console.log(JSON.stringify(buildDocument(), null, 2));
