// `node analytics/bench/compare.ts before.json now.json`: two benches of one machine as a Markdown table, for
// a pull request. Exit status 1 when a ratio is worse than noise explains.

import { compareWithBaseline } from './baseline.ts';
import { readEntries } from './entriesFile.ts';
import { comparisonReport } from './markdown.ts';

const [before = '', now = ''] = process.argv.slice(2);
const compared = compareWithBaseline(await readEntries(before), await readEntries(now));
process.stdout.write(comparisonReport(compared));
if (compared.ok && compared.comparisons.some(({ isWorse }) => isWorse)) process.exitCode = 1;
