// Reads Prometheus' text format, version 0.0.4, by its grammar: whatever does not fit it is an error.

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (\\S+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const HELP = new RegExp(`^# HELP ${NAME} .+$`);
const SUFFIX = /_(bucket|sum|count)$/;

/** As Go's ParseFloat reads it, which does not mind the case. */
function readValue(text: string): number {
  const [, sign, word] = /^([+-]?)(inf|nan)$/i.exec(text) ?? [];
  if (word?.toLowerCase() === 'nan') return Number.NaN;
  const value = word === undefined ? Number(text) : Number(`${sign}Infinity`);
  if (text === '' || Number.isNaN(value)) throw new Error(`Not a value: "${text}"`);
  return value;
}

export function readMetrics(text: string) {
  const types = new Map<string, string>();
  const samples = new Map<string, Sample[]>();
  if (!text.endsWith('\n')) throw new Error('The last line is not whole');
  for (const line of text.split('\n')) {
    if (line === '' || HELP.test(line)) continue;
    const [, typed, type] = TYPE.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      if (types.has(typed)) throw new Error(`Two types of ${typed}`);
      types.set(typed, type);
      continue;
    }
    const [, name, labelText = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`Not a sample: ${line}`);
    const value = readValue(line.slice(line.lastIndexOf(' ') + 1));
    if (!types.has(name) && !types.has(name.replace(SUFFIX, '')))
      throw new Error(`No type: ${line}`);
    const pairs = [...labelText.matchAll(new RegExp(LABEL, 'g'))];
    const labels = Object.fromEntries(pairs.map(([, label, said]) => [label, said]));
    samples.set(name, [...(samples.get(name) ?? []), { labels, value }]);
  }
  const named = (name: string): readonly Sample[] => samples.get(name) ?? [];
  return {
    text,
    types,
    samples: named,
    /** Of the one sample with these labels among others; 0 when there is none yet. */
    value(name: string, labels: Readonly<Record<string, string>> = {}): number {
      const found = named(name).filter((each) =>
        Object.entries(labels).every(([label, said]) => each.labels[label] === said),
      );
      if (found.length > 1) throw new Error(`Not one of ${name}: ${found.length}`);
      return found[0]?.value ?? 0;
    },
  };
}
