import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK } from '../protocol/route.js';
import { World } from '../world/world.service.js';
import { FleetStore } from './fleet.store.js';

interface Material {
  readonly reason?: unknown;
  readonly proof_material_ids?: unknown;
}

/** Appeals against records of violations (fleet reference §1.2, §1.3). Their error codes are on no page: 40097 stands for them. */
@Injectable()
export class AppealsApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: FleetStore,
  ) {
    registry.add(
      {
        ...{ token: 'authorizer', method: 'POST', sets: [76], path: '/wxa/getappealrecords' },
        handle: (call: AuthorizerCall) => this.records(call),
      },
      {
        ...{ token: 'authorizer', method: 'POST', sets: [198], path: '/wxa/component/createappeal' },
        handle: (call: AuthorizerCall) => this.appeal(call),
      },
    );
  }

  private records({ merchant, body }: AuthorizerCall): Json {
    const appeals = (this.store.appeals.get(merchant.appid) ?? []).filter(
      ({ illegal_record_id }) => illegal_record_id === body['illegal_record_id'],
    );
    return { ...OK, records: appeals.map(({ illegal_record_id: _, ...record }) => record) };
  }

  /** "An open appeal excludes a second one"; the materials must be as many as those of the record: one for its one content. */
  private appeal({ merchant, body }: AuthorizerCall): Json {
    const id = body['illegal_record_id'];
    const record = (this.store.violations.get(merchant.appid) ?? []).find(({ illegal_record_id }) => illegal_record_id === id);
    refuse(!record, 40097, 'no such record');
    const given = body['appeal_materials'] as readonly Material[] | undefined;
    refuse(!Array.isArray(given) || given.length !== 1, 40097, 'appeal_materials must be as many as the illegal materials');
    const [{ reason, proof_material_ids: proofs } = {}] = given as readonly Material[];
    refuse(typeof reason !== 'string' || reason === '', 40097, 'reason is missing');
    refuse(!Array.isArray(proofs) || proofs.length === 0, 40097, 'a proof is missing');
    const appeals = this.store.appeals.get(merchant.appid) ?? [];
    refuse(
      appeals.some(({ appeal_status }) => appeal_status === 1),
      40097,
      'an appeal is open',
    );
    this.store.appeals.set(merchant.appid, [
      ...appeals,
      {
        illegal_record_id: String(id),
        appeal_record_id: this.store.nextId('appeal'),
        appeal_time: this.world.nowS,
        appeal_count: appeals.length + 1,
        appeal_from: 1,
        appeal_status: 1,
        punish_description: record!.illegal_reason,
        materials: [
          {
            illegal_material: { content: record!.illegal_content ?? '', content_url: record!.rule_url },
            appeal_material: { reason: String(reason), proof_material_ids: (proofs as unknown[]).map(String) },
          },
        ],
      },
    ]);
    return OK;
  }
}
