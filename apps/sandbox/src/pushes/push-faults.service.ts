import { Injectable, NotFoundException } from '@nestjs/common';
import { World } from '../world/world.service.js';
import type { CreatePushFault } from './pushes.dto.js';

export interface PushFault extends CreatePushFault {
  readonly id: number;
  used: number;
}

/** Which pushes get lost, doubled, late or spoilt. */
@Injectable()
export class PushFaults {
  private faults: PushFault[] = [];
  private nextId = 1;

  constructor(world: World) {
    world.onReset(() => this.clear());
  }

  add(fault: CreatePushFault): PushFault {
    const added: PushFault = { ...fault, id: this.nextId++, used: 0 };
    this.faults.push(added);
    return added;
  }

  list(): readonly PushFault[] {
    return this.faults;
  }

  remove(id: number): void {
    const index = this.faults.findIndex((fault) => fault.id === id);
    if (index < 0) throw new NotFoundException(`no push fault ${id}`);
    this.faults.splice(index, 1);
  }

  clear(): void {
    this.faults = [];
  }

  take(kind: string, componentAppid: string, authorizerAppid: string): PushFault | undefined {
    const fault = this.faults.find(
      (candidate) =>
        (candidate.times === 0 || candidate.used < candidate.times) &&
        (!candidate.kind || candidate.kind === kind) &&
        (!candidate.component_appid || candidate.component_appid === componentAppid) &&
        (!candidate.authorizer_appid || candidate.authorizer_appid === authorizerAppid),
    );
    if (fault) fault.used++;
    return fault;
  }
}
