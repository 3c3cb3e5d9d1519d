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

/** What WeChat keeps of apps that are online (fleet reference §1 to §3); by appid. */
@Injectable()
export class FleetStore {
  readonly underAudit = new Map<string, OrderPath>();
  readonly online = new Map<string, OrderPath>();
  readonly violations = new Map<string, Violation[]>();
  /** Apps with trade management; true: every merchant number was authorised. */
  readonly traded = new Map<string, { confirmed: boolean }>();
  private readonly ids = new Map<string, number>();

  constructor(world: World) {
    const { underAudit, online, violations, traded, ids } = this;
    world.keepMaps('fleet', { underAudit, online, violations, traded, ids });
    world.onReset(() => {
      for (const map of [underAudit, online, violations, traded, ids]) map.clear();
    });
  }

  nextId(of: string): number {
    const next = (this.ids.get(of) ?? 11_099) + 1;
    this.ids.set(of, next);
    return next;
  }
}
