import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource, LessThan } from 'typeorm';
import { AuditCheckpointEntity } from '#persistence';
import { Checkpointer, Cursors, type PageQuery, Periodic } from '#service';
import type { CheckpointPage } from './calls.dto.js';

const LOOK_MS = 5_000;
const CHECKPOINTS = new Cursors('checkpoints');

/** Makes the checkpoints of the audit log, and shows them. */
@Injectable()
export class CheckpointsService {
  constructor(
    private readonly dataSource: DataSource,
    checkpointer: Checkpointer,
    periodic: Periodic,
    metrics: Registry,
  ) {
    periodic.every('audit.checkpoint', LOOK_MS, async () => {
      await checkpointer.look();
    });
    new Gauge({
      name: 'wxplane_audit_checkpoint_age_seconds',
      help: 'Since this replica saw a checkpoint of the present minute; -1: not yet',
      registers: [metrics],
      collect() {
        const { lookedAt } = checkpointer;
        this.set(lookedAt === undefined ? -1 : (Date.now() - lookedAt) / 1_000);
      },
    });
  }

  async list(query: PageQuery): Promise<CheckpointPage> {
    const before = CHECKPOINTS.after(query);
    const rows = await this.dataSource.getRepository(AuditCheckpointEntity).find({
      ...(before ? { where: { seq: LessThan(before) } } : {}),
      order: { seq: 'DESC' },
      take: query.limit + 1,
    });
    return CHECKPOINTS.page(
      rows,
      query,
      (row) => row.seq,
      (row) => ({
        seq: Number(row.seq),
        at: row.at.toISOString(),
        kind: row.kind,
        document: row.document,
        hash: row.hash,
        key_id: row.keyId,
        signature: row.signature,
      }),
    );
  }
}
