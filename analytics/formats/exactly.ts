// SQL around a query so that a format holds its result exactly, or the statement fails and says why:
// types that the format lacks become others that say the same, and values that it cannot tell are
// refused by name.

import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { literal } from '../engine/open.ts';
import type { Columns } from './columns.ts';

/** What a format does not have. */
interface Lacks {
  /** The values that it refuses, in words. */
  readonly values: string;
  /** What values of a type are cast to instead. */
  readonly castTo: Partial<Record<DuckDBTypeId, string>>;
  /** What is true, in SQL, of values of a type that it cannot tell. */
  readonly refuses: Partial<Record<DuckDBTypeId, (value: string) => string>>;
}

const isInfinite = (value: string) => `isinf(${value})`;

const LARGEST_DECIMAL = '9'.repeat(38);
const isHuge = (value: string) => `${value} not between -${LARGEST_DECIMAL} and ${LARGEST_DECIMAL}`;

/**
 * Parquet and Arrow. A sum is a HUGEINT, and a decimal to them. What only DuckDB has is the text that it
 * shows; so is an interval, of which Parquet keeps no microseconds, and a UUID, for which Arrow has no type.
 */
export const TYPED: Lacks = {
  values: 'infinity, 24:00:00 or a number of more than 38 digits',
  castTo: {
    [DuckDBTypeId.HUGEINT]: 'decimal(38, 0)',
    [DuckDBTypeId.UHUGEINT]: 'varchar',
    [DuckDBTypeId.BIGNUM]: 'varchar',
    [DuckDBTypeId.INTERVAL]: 'varchar',
    [DuckDBTypeId.TIME_TZ]: 'varchar',
    [DuckDBTypeId.TIME_NS]: 'varchar',
    [DuckDBTypeId.BIT]: 'varchar',
    [DuckDBTypeId.UUID]: 'varchar',
    [DuckDBTypeId.ENUM]: 'varchar',
    [DuckDBTypeId.UNION]: 'varchar',
    [DuckDBTypeId.VARIANT]: 'varchar',
    [DuckDBTypeId.GEOMETRY]: 'varchar',
  },
  refuses: {
    [DuckDBTypeId.HUGEINT]: isHuge,
    [DuckDBTypeId.DATE]: isInfinite,
    [DuckDBTypeId.TIMESTAMP]: isInfinite,
    [DuckDBTypeId.TIMESTAMP_S]: isInfinite,
    [DuckDBTypeId.TIMESTAMP_MS]: isInfinite,
    [DuckDBTypeId.TIMESTAMP_NS]: isInfinite,
    [DuckDBTypeId.TIMESTAMP_TZ]: isInfinite,
    [DuckDBTypeId.TIME]: (value) => `${value} = time '24:00:00'`,
  },
};

const isNoNumber = (value: string) => `not isfinite(${value})`;

export const JSON_LINES: Lacks = {
  values: 'infinity or NaN',
  castTo: {},
  refuses: { [DuckDBTypeId.FLOAT]: isNoNumber, [DuckDBTypeId.DOUBLE]: isNoNumber },
};

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The type that the format has for it, written as DuckDB writes it. */
function castType(type: DuckDBType, lacks: Lacks): string {
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
      return `${castType(type.valueType, lacks)}[]`;
    case DuckDBTypeId.ARRAY:
      return `${castType(type.valueType, lacks)}[${type.length}]`;
    case DuckDBTypeId.STRUCT: {
      const entries = type.entryTypes.map(
        (entry, index) => `${quoted(type.entryNames[index] ?? '')} ${castType(entry, lacks)}`,
      );
      return `STRUCT(${entries.join(', ')})`;
    }
    case DuckDBTypeId.MAP:
      return `MAP(${castType(type.keyType, lacks)}, ${castType(type.valueType, lacks)})`;
    default:
      return lacks.castTo[type.typeId] ?? String(type);
  }
}

function either(conditions: readonly (string | undefined)[]): string | undefined {
  return conditions.filter((each) => each !== undefined).join(' or ') || undefined;
}

/** What is true of a value with something in it that the format cannot tell; undefined when nothing can be. */
function refusal(type: DuckDBType, value: string, lacks: Lacks, depth = 0): string | undefined {
  const anyOf = (item: DuckDBType, items: string) => {
    const name = `item${depth}`;
    const inner = refusal(item, name, lacks, depth + 1);
    return inner && `len(list_filter(${items}, lambda ${name}: ${inner})) > 0`;
  };

  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return anyOf(type.valueType, value);
    case DuckDBTypeId.STRUCT:
      return either(
        type.entryTypes.map((entry, index) =>
          refusal(entry, `struct_extract_at(${value}, ${index + 1})`, lacks, depth),
        ),
      );
    case DuckDBTypeId.MAP:
      return either([
        anyOf(type.keyType, `map_keys(${value})`),
        anyOf(type.valueType, `map_values(${value})`),
      ]);
    default:
      return lacks.refuses[type.typeId]?.(value);
  }
}

/** A struct whose fields cannot be told apart, as `row(1, 2)` makes it. */
function hasFieldsOfOneName(type: DuckDBType): boolean {
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return hasFieldsOfOneName(type.valueType);
    case DuckDBTypeId.MAP:
      return hasFieldsOfOneName(type.keyType) || hasFieldsOfOneName(type.valueType);
    case DuckDBTypeId.STRUCT:
      return (
        new Set(type.entryNames).size < type.entryCount || type.entryTypes.some(hasFieldsOfOneName)
      );
    default:
      return false;
  }
}

/** The query with its columns as the format holds them; the query itself when it holds them all. */
export function exactly(query: string, columns: Columns, format: string, lacks: Lacks): string {
  const names = columns.columnNames();
  const cells = columns.columnTypes().map((type, index) => {
    const name = names[index] ?? '';
    const cell = `c${index}`;
    const refuse = (reason: string) =>
      literal(
        `Cannot write the column ${quoted(name)} as ${format}: its ${String(type)} ${reason}; cast it to varchar`,
      );
    if (hasFieldsOfOneName(type)) return `error(${refuse('has fields of one name')})`;
    const isRefused = refusal(type, cell, lacks);
    const cast = castType(type, lacks);
    const value = cast === String(type) ? cell : `${cell}::${cast}`;
    if (isRefused === undefined) return value;
    const message = refuse(`holds ${lacks.values}, which ${format} has not`);
    return `case when ${isRefused} then error(${message}) else ${value} end`;
  });
  if (cells.every((cell, index) => cell === `c${index}`)) return query;
  const places = names.map((_, index) => `c${index}`);
  const shown = cells.map((cell, index) => `${cell} as ${quoted(names[index] ?? '')}`);
  return `select ${shown.join(', ')} from (${query}\n) as result(${places.join(', ')})`;
}
