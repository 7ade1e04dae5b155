import { type Kysely, sql, type Transaction } from 'kysely';
import { InputError } from '../errors.ts';
import type { StoreDialect } from './dialect.ts';
import { migrations as ownMigrations } from './migrations/index.ts';
import type { StoreMigration } from './migrations/migration.ts';
import type { Tables } from './tables.ts';

/**
 * Brings a store's schema up to date, each step in a transaction of its own. One with content is copied
 * before it is changed.
 *
 * @param onBackup gets a sentence that says where the copy is.
 * @throws InputError where a newer program made the store; nothing is touched then.
 */
export async function migrate(
  dialect: StoreDialect,
  onBackup: (notice: string) => void,
  migrations: readonly StoreMigration[] = ownMigrations,
): Promise<void> {
  const { db, place, kind } = dialect;
  /** Of programs that start at once, one after the other. */
  const alone = (work: (transaction: Transaction<Tables>) => Promise<void>) =>
    dialect.attempt(() =>
      db.transaction().execute(async (transaction) => {
        if (kind === 'postgres') {
          await sql`select pg_advisory_xact_lock(hashtext('undertone_schema'))`.execute(
            transaction,
          );
        }
        await work(transaction);
      }),
    );
  const table = sql`create table if not exists undertone_schema (position integer primary key, name text not null)`;
  if (kind === 'postgres') {
    // Not even this is safe there when two do it at once.
    await alone(async (transaction) => void (await table.execute(transaction)));
  } else {
    await dialect.attempt(() => table.execute(db));
  }
  const passed = await dialect.attempt(() => passedBy(db));
  passed.forEach((name, position) => {
    if (name === migrations[position]?.name) return;
    throw new InputError(
      `The store ${place} was made by a newer version of undertone (its schema has the step ${name}); update undertone, or choose another store with --store.`,
    );
  });
  if (passed.length === migrations.length) return;
  if (passed.length > 0) {
    const copy = await dialect.attempt(() => dialect.backup(migrations[passed.length].name));
    onBackup(
      `The store ${place} is of an older version; it was copied to ${copy} and is changed now.`,
    );
  }
  for (const [position, { name, up }] of migrations.entries()) {
    await alone(async (transaction) => {
      // Somebody else may have taken the step meanwhile.
      if ((await passedBy(transaction)).length > position) return;
      await up(transaction as unknown as Kysely<never>, dialect.types);
      await sql`insert into undertone_schema (position, name) values (${position}, ${name})`.execute(
        transaction,
      );
    });
  }
}

/** Names of the steps that a store has passed through. */
async function passedBy(db: Pick<StoreDialect['db'], 'getExecutor'>): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select name from undertone_schema order by position`.execute(db);
  return rows.map(({ name }) => name);
}
