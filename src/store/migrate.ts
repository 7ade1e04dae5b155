import { type Kysely, sql, type Transaction } from 'kysely';
import { InputError } from '../errors.ts';
import type { StoreDialect } from './dialect.ts';
import { migrations as ownMigrations } from './migrations/index.ts';
import type { StoreMigration } from './migrations/migration.ts';
import type { Tables } from './tables.ts';

/**
 * Brings a store's schema up to date, in one transaction. One with content is copied before it is changed.
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
  const alone = <T>(work: (transaction: Transaction<Tables>) => Promise<T>) =>
    dialect.attempt(() =>
      db.transaction().execute(async (transaction) => {
        if (kind === 'postgres') {
          await sql`select pg_advisory_xact_lock(hashtext('undertone_schema'))`.execute(
            transaction,
          );
        }
        return await work(transaction);
      }),
    );
  const isReady = await dialect.attempt(() => dialect.exists('undertone_schema'));
  if (!isReady) {
    await alone((transaction) =>
      sql`create table if not exists undertone_schema (position integer primary key, name text not null)`.execute(
        transaction,
      ),
    );
  }
  const passed = await dialect.attempt(() => passedBy(db));
  passed.forEach((name, position) => {
    if (name === migrations[position]?.name) return;
    throw new InputError(
      `The store ${place} was made by a newer version of undertone (its schema has the step ${name}); update undertone, or choose another store with --store.`,
    );
  });
  if (passed.length === migrations.length) return;
  const backup = async (within: Kysely<Tables>, position: number) => {
    const copy = await dialect.backup(migrations[position].name, within);
    onBackup(
      `The store ${place} is of an older version; it was copied to ${copy} and is changed now.`,
    );
  };
  // SQLite can't copy itself within a transaction.
  if (passed.length > 0 && kind === 'sqlite') {
    await dialect.attempt(() => backup(db, passed.length));
  }
  await alone(async (transaction) => {
    // Somebody else may have taken steps meanwhile.
    const { length } = await passedBy(transaction);
    if (length > 0 && length < migrations.length && kind === 'postgres') {
      await backup(transaction, length);
    }
    for (const [position, { name, up }] of migrations.entries()) {
      if (position < length) continue;
      await up(transaction as unknown as Kysely<never>, dialect.types);
      await sql`insert into undertone_schema (position, name) values (${position}, ${name})`.execute(
        transaction,
      );
    }
  });
}

/** Names of the steps that a store has passed through. */
async function passedBy(db: Pick<StoreDialect['db'], 'getExecutor'>): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select name from undertone_schema order by position`.execute(db);
  return rows.map(({ name }) => name);
}
