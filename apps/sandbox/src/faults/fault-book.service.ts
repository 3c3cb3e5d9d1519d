import { Injectable, NotFoundException } from '@nestjs/common';
import { World } from '../world/world.service.js';
import type { CreateFault } from './faults.dto.js';

export interface Fault extends CreateFault {
  readonly id: number;
  used: number;
}

/** Which calls go wrong, and how. The first fault that fits a call is applied to it. */
@Injectable()
export class FaultBook {
  private faults: Fault[] = [];
  private nextId = 1;
  private readonly held = new Map<number, (() => void)[]>();

  constructor(world: World) {
    world.onReset(() => this.clear());
  }

  add(fault: CreateFault): Fault {
    const added: Fault = { ...fault, id: this.nextId++, used: 0 };
    this.faults.push(added);
    return added;
  }

  list(): readonly Fault[] {
    return this.faults;
  }

  remove(id: number): void {
    const index = this.faults.findIndex((fault) => fault.id === id);
    if (index < 0) throw new NotFoundException(`no fault ${id}`);
    this.faults.splice(index, 1);
    this.letGo(id);
  }

  clear(): void {
    this.faults = [];
    for (const id of [...this.held.keys()]) this.letGo(id);
  }

  /** Resolves when the fault is gone. */
  deletion({ id }: Fault): Promise<void> {
    if (!this.faults.some((fault) => fault.id === id)) return Promise.resolve();
    return new Promise((resolve) => this.held.set(id, [...(this.held.get(id) ?? []), resolve]));
  }

  private letGo(id: number): void {
    for (const resolve of this.held.get(id) ?? []) resolve();
    this.held.delete(id);
  }

  take(path: string, appid: string): Fault | undefined {
    for (const fault of this.faults) {
      const spent = fault.times > 0 && fault.used >= fault.times;
      if (spent || !pathFits(fault.path, path) || (fault.appid && fault.appid !== appid)) continue;
      if (fault.share !== undefined && Math.random() >= fault.share) continue;
      fault.used++;
      return fault;
    }
    return undefined;
  }
}

const pathFits = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
