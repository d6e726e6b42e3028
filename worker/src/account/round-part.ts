/** The ids of one part of a table in a round of the Cron Trigger: the next round has the next part. `from` begins with FROM. */
export function partOfRound(
  sql: SqlStorage,
  { from, values, id, orderBy }: { from: string; values: SqlStorageValue[]; id: string; orderBy: string },
  limit: number,
  round: number,
): string[] {
  const { count } = sql.exec<{ count: number }>(`SELECT count(*) AS count ${from}`, ...values).one();
  const offset = (round % Math.max(1, Math.ceil(count / limit))) * limit;
  const query = `SELECT ${id} AS id ${from} ORDER BY ${orderBy} LIMIT ? OFFSET ?`;
  return sql.exec<{ id: string }>(query, ...values, limit, offset).toArray().map((row) => row.id);
}
