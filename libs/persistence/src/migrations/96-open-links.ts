import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addIndex } from './schema.js';

/** How many links of a client are open is asked whenever it makes one. */
export class OpenLinks1700000000096 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await addIndex(db, 'f_wechat_authorizationlink', 'KEY', 'ix_link_client', 'client_id, expires_at');
  }

  async down(): Promise<void> {}
}
