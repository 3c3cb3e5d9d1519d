import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { ComponentRegistry } from '#service';
import type { EventKind } from '#wechat';
import { UNREADABLE } from './push.domain.js';

/** There from the start, at 0: a counter that is born with its first value hides that value from `increase`. */
const ROUTES = ['events', 'messages'];
const OUTCOMES = ['success', 'not-stored', 'overloaded'];

/** Figures about pushes. Labels are bounded: a name that WeChat makes up counts as `unknown`, and so does what lacks a necessary element. */
@Injectable()
export class PushMetrics {
  private readonly pushes: Counter<'component' | 'route' | 'outcome'>;
  private readonly events: Counter<'component' | 'kind'>;
  private readonly seconds: Histogram<'route'>;

  constructor(registry: Registry, components: ComponentRegistry) {
    const registers = [registry];
    this.pushes = new Counter({
      name: 'wxplane_pushes_total',
      help: 'Pushes by how they were answered: success, or the reason of a refusal or failure',
      labelNames: ['component', 'route', 'outcome'],
      registers,
    });
    for (const { componentAppid: component } of components.all)
      for (const route of ROUTES) for (const outcome of OUTCOMES) this.pushes.inc({ component, route, outcome }, 0);
    this.events = new Counter({
      name: 'wxplane_push_events_total',
      help: 'Accepted pushes by the kind of their event',
      labelNames: ['component', 'kind'],
      registers,
    });
    for (const { componentAppid: component } of components.all) this.events.inc({ component, kind: UNREADABLE }, 0);
    this.seconds = new Histogram({
      name: 'wxplane_push_seconds',
      help: 'From the whole body being there until the answer',
      labelNames: ['route'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers,
    });
  }

  answered(component: string, route: string, outcome: string, startedMs?: number): void {
    this.pushes.inc({ component, route, outcome });
    if (startedMs !== undefined) this.seconds.observe({ route }, (performance.now() - startedMs) / 1_000);
  }

  /** @param kind of the event as it could be read; `undefined`: it could not */
  accepted(component: string, kind: EventKind | undefined): void {
    this.events.inc({ component, kind: kind ?? UNREADABLE });
  }
}
