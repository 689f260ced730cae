import type { Database, Row, Statement, Value } from './driver';

/** Statements are prepared once. */
export class Statements {
  private readonly prepared = new Map<string, Statement>();

  constructor(private readonly database: Database) {}

  run(sql: string, ...values: Value[]): number {
    return this.statement(sql).run(...values);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.statement(sql).all(...values);
  }

  private statement(sql: string): Statement {
    let statement = this.prepared.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.prepared.set(sql, statement);
    }
    return statement;
  }
}
