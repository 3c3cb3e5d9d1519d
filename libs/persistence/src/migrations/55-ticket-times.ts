import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Room for tickets of any length, and no ticket that claims to be newer than its arrival: it would win over all that come later. */
export class TicketTimes1700000000055 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE f_wechat_verifyticket MODIFY component_verify_ticket mediumtext NOT NULL');
    await db.query('UPDATE f_wechat_verifyticket SET pushed_at = create_time WHERE pushed_at > create_time');
  }

  async down(): Promise<void> {}
}
