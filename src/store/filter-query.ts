/** From terms of the filter language to conditions on the table of runs. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { StoreDialect } from './dialect.ts';
import type { FilterField, FilterTerm, FilterValue, RunFilter, TimeSpan } from './filter.ts';

type Condition = RawBuilder<SqlBool>;

/** Holds for the rows of `runs` that pass; null where all do. */
export function filterCondition(dialect: StoreDialect, filter: RunFilter): Condition | null {
  if (filter.length === 0) return null;
  return sql`(${sql.join(
    filter.map((term) => termCondition(dialect, term)),
    sql` and `,
  )})`;
}

function termCondition(dialect: StoreDialect, term: FilterTerm): Condition {
  const { field, values } = term;
  switch (field.type) {
    case 'tags':
      return ofMany(
        term,
        (condition) =>
          sql`exists (select 1 from tags where tags.run_id = runs.id and ${condition('tags.tag')})`,
      );
    case 'time':
      return timeCondition(column(dialect, field), term.operator, values as readonly TimeSpan[]);
    default:
      if (field.of === 'run' && field.name === 'sweep') {
        return ofMany(
          term,
          (condition) =>
            sql`exists (select 1 from sweep_runs join sweeps on sweeps.id = sweep_runs.sweep_id where sweep_runs.run_id = runs.id and ${condition('sweeps.name')})`,
        );
      }
      return compared(column(dialect, field), term);
  }
}

/** The value that a field has in a row. */
function column(dialect: StoreDialect, { of, name, type }: FilterField): RawBuilder<unknown> {
  if (of === 'run') return sql.ref(`runs.${name}`);
  const json = of === 'setting' ? 'runs.settings' : 'runs.metrics';
  return type === 'number' || type === 'boolean'
    ? dialect.jsonNumber(json, name)
    : dialect.jsonText(json, name);
}

/** A condition on things of which a run has any number, its tags and sweeps. */
function ofMany(
  { operator, values }: FilterTerm,
  exists: (condition: (column: string) => Condition) => Condition,
): Condition {
  const named = values.filter((value) => value !== null) as string[];
  const some = exists((name) =>
    operator === '~'
      ? anyOf(named.map((text) => contains(sql.ref(name), text)))
      : sql`${sql.ref(name)} in (${sql.join(named)})`,
  );
  const none = sql<SqlBool>`not ${exists(() => sql`true`)}`;
  const matches = anyOf([
    ...(named.length > 0 ? [some] : []),
    ...(values.includes(null) ? [none] : []),
  ]);
  return operator === '!=' ? sql`not ${matches}` : matches;
}

function compared(value: RawBuilder<unknown>, { field, operator, values }: FilterTerm): Condition {
  const given = values.filter((one) => one !== null).map(plain);
  switch (operator) {
    case '=':
    case '!=': {
      const equal =
        field.type === 'hash'
          ? given.map((start) => sql<SqlBool>`${value} like ${`${start}%`}`)
          : given.length > 0
            ? [sql<SqlBool>`${value} in (${sql.join(given)})`]
            : [];
      const some = anyOf([
        ...equal,
        ...(values.includes(null) ? [sql<SqlBool>`${value} is null`] : []),
      ]);
      // A comparison with null is neither true nor false.
      return operator === '=' ? some : sql`not coalesce(${some}, false)`;
    }
    case '~':
      return anyOf(given.map((text) => contains(value, String(text))));
    default:
      return sql`${value} ${sql.raw(operator)} ${given[0]}`;
  }
}

/** A time t is `=` within a span, `<` before its `from`, `<=` before its `until`, `>` from its `until` on. */
function timeCondition(
  value: RawBuilder<unknown>,
  operator: FilterTerm['operator'],
  spans: readonly TimeSpan[],
): Condition {
  const [{ from, until }] = spans;
  switch (operator) {
    case '<':
      return sql`${value} < ${from}`;
    case '<=':
      return sql`${value} < ${until}`;
    case '>':
      return sql`${value} >= ${until}`;
    case '>=':
      return sql`${value} >= ${from}`;
    default: {
      const within = anyOf(
        spans.map((span) => sql<SqlBool>`(${value} >= ${span.from} and ${value} < ${span.until})`),
      );
      return operator === '!=' ? sql`not coalesce(${within}, false)` : within;
    }
  }
}

function contains(value: RawBuilder<unknown>, text: string): Condition {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql`lower(${value}) like ${pattern} escape '\\'`;
}

function anyOf(conditions: readonly Condition[]): Condition {
  return sql`(${sql.join(conditions, sql` or `)})`;
}

/** Databases have no type for booleans in common: both compare 1 and 0. */
function plain(value: FilterValue): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}
