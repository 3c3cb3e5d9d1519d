import { Injectable } from '@nestjs/common';
import type { Component } from '../world/model.js';
import { World } from '../world/world.service.js';

/** An order path as it was sent, and what became of it: 2 in audit, 3 rejected, 4 approved. */
export interface OrderPath {
  readonly path: string;
  readonly img_list: string[];
  readonly video: string;
  readonly test_account: string;
  readonly test_pwd: string;
  readonly test_remark: string;
  readonly apply_time: number;
  readonly audit_id: number;
  readonly component: Component;
  status: number;
}

export interface Violation {
  readonly illegal_record_id: string;
  readonly create_time: number;
  readonly illegal_reason: string;
  readonly illegal_content?: string;
  readonly rule_url: string;
  readonly rule_name: string;
}

/** An appeal against one record (fleet reference §1.2): 1 open, 2 upheld, 3 rejected, 4 withdrawn. */
export interface Appeal {
  readonly illegal_record_id: string;
  readonly appeal_record_id: number;
  readonly appeal_time: number;
  readonly appeal_count: number;
  /** 0 the user, 1 the provider. */
  readonly appeal_from: number;
  appeal_status: number;
  audit_time?: number;
  audit_reason?: string;
  readonly punish_description: string;
  readonly materials: readonly {
    readonly illegal_material: { readonly content: string; readonly content_url: string };
    readonly appeal_material: { readonly reason: string; readonly proof_material_ids: readonly string[] };
  }[];
}

/** What WeChat keeps of apps that are online (fleet reference §1 to §3); by appid. */
@Injectable()
export class FleetStore {
  readonly underAudit = new Map<string, OrderPath>();
  readonly online = new Map<string, OrderPath>();
  readonly violations = new Map<string, Violation[]>();
  readonly appeals = new Map<string, Appeal[]>();
  /** Apps with trade management; true: every merchant number was authorised. */
  readonly traded = new Map<string, { confirmed: boolean }>();
  private readonly ids = new Map<string, number>();

  constructor(world: World) {
    const { underAudit, online, violations, appeals, traded, ids } = this;
    world.keepMaps('fleet', { underAudit, online, violations, appeals, traded, ids });
    world.onReset(() => {
      for (const map of [underAudit, online, violations, appeals, traded, ids]) map.clear();
    });
  }

  nextId(of: string): number {
    const next = (this.ids.get(of) ?? 11_099) + 1;
    this.ids.set(of, next);
    return next;
  }
}
